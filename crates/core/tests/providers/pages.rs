//! Lists that repeat themselves, never end, or are not what was asked for.

use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::providers::ProviderError;
use serde_json::{Value, json};

use crate::client;
use crate::documents::{labelled, page};
use crate::scripted::{Answer, ScriptedCloud, json as answer};

const TAG: &str = "brihaspati-demo";
const BOTH: [ProviderKind; 2] = ProviderKind::ALL;

/// `count` machines from number `first` on.
fn machines(provider: ProviderKind, first: u64, count: u64) -> Vec<Value> {
    (first..first + count).map(|id| labelled(provider, id, &format!("lab-{id}-1"))).collect()
}

/// What listing comes to, as the machines' ids, and how many pages were asked for.
async fn listed(provider: ProviderKind, pages: Vec<Answer>) -> (Result<Vec<String>, ProviderError>, usize) {
    let cloud = ScriptedCloud::answering(pages).await;
    let list = client(provider, &cloud.url).list(TAG).await;
    (list.map(|machines| machines.into_iter().map(|machine| machine.id).collect()), cloud.asked().len())
}

#[tokio::test]
async fn a_list_is_read_over_fifty_pages_and_not_over_one_more() {
    for provider in BOTH {
        let pages = |last: u32| {
            let page_of = |number: u32| page(provider, number, last, &machines(provider, number.into(), 1));
            (1..=last).map(page_of).collect::<Vec<_>>()
        };
        let (list, asked) = listed(provider, pages(50)).await;
        assert_eq!((list.unwrap().len(), asked), (50, 50), "{provider}");

        let (list, asked) = listed(provider, pages(51)).await;
        assert_eq!(list, Err(ProviderError::Garbage), "{provider}");
        assert!(asked <= 50, "{provider}");
    }
}

#[tokio::test]
async fn billions_of_pages_are_not_even_begun() {
    for pages in [u64::from(u32::MAX), 4_000_000_000, u64::MAX] {
        let body = json!({ "data": machines(ProviderKind::Linode, 1, 1), "page": 1, "pages": pages, "results": 1 });
        let (list, asked) = listed(ProviderKind::Linode, vec![answer(200, &body)]).await;
        assert_eq!((list, asked), (Err(ProviderError::Garbage), 1), "{pages}");
    }
}

#[tokio::test]
async fn pages_that_bring_nothing_new_and_promise_more_are_a_circle() {
    for provider in BOTH {
        let again = || page(provider, 2, 40, &machines(provider, 1, 1));
        let (list, asked) = listed(provider, vec![page(provider, 1, 40, &machines(provider, 1, 1)), again()]).await;
        assert_eq!((list, asked), (Err(ProviderError::Garbage), 2), "{provider}");

        let (list, asked) = listed(provider, vec![page(provider, 1, 40, &[])]).await;
        assert_eq!((list, asked), (Err(ProviderError::Garbage), 1), "{provider}");
    }
}

#[tokio::test]
async fn a_machine_on_two_pages_is_listed_once() {
    for provider in BOTH {
        let first = page(provider, 1, 2, &machines(provider, 1, 3));
        let second = page(provider, 2, 2, &machines(provider, 3, 2));
        let (list, _) = listed(provider, vec![first, second]).await;
        assert_eq!(list.unwrap(), ["1", "2", "3", "4"], "{provider}");

        let twice = [machines(provider, 1, 1), machines(provider, 1, 1)].concat();
        let (list, _) = listed(provider, vec![page(provider, 1, 1, &twice)]).await;
        assert_eq!(list.unwrap(), ["1"], "{provider}");
    }
}

#[tokio::test]
async fn another_page_than_the_one_asked_for_is_garbage() {
    let linode = ProviderKind::Linode;
    for number in [0, 2, u32::MAX] {
        let (list, _) = listed(linode, vec![page(linode, number, 2, &machines(linode, 1, 1))]).await;
        assert_eq!(list, Err(ProviderError::Garbage), "{number}");
    }
    let nameless = json!({ "data": machines(linode, 1, 1), "pages": 1, "results": 1 });
    assert_eq!(listed(linode, vec![answer(200, &nameless)]).await.0, Err(ProviderError::Garbage));
}

#[tokio::test]
async fn a_page_longer_than_was_asked_for_is_garbage() {
    for (provider, longest) in [(ProviderKind::Linode, 500), (ProviderKind::DigitalOcean, 200)] {
        let (list, _) = listed(provider, vec![page(provider, 1, 1, &machines(provider, 1, longest))]).await;
        assert_eq!(list.unwrap().len(), usize::try_from(longest).unwrap(), "{provider}");
        let (list, _) = listed(provider, vec![page(provider, 1, 1, &machines(provider, 1, longest + 1))]).await;
        assert_eq!(list, Err(ProviderError::Garbage), "{provider}");
    }
}

#[tokio::test]
async fn a_list_that_is_no_list_is_garbage_and_never_an_empty_one() {
    for provider in BOTH {
        for body in [json!({}), json!([]), json!({ "data": {}, "droplets": {}, "page": 1, "pages": 1 }), json!(null)] {
            let (list, _) = listed(provider, vec![answer(200, &body)]).await;
            assert_eq!(list, Err(ProviderError::Garbage), "{provider} {body}");
        }
    }
}

#[tokio::test]
async fn one_unreadable_machine_makes_the_whole_list_garbage_since_it_could_be_the_one_looked_for() {
    for provider in BOTH {
        let mut list = machines(provider, 1, 3);
        list[1]["id"] = json!(0);
        assert_eq!(listed(provider, vec![page(provider, 1, 1, &list)]).await.0, Err(ProviderError::Garbage));
    }
}

#[tokio::test]
async fn a_failure_on_a_later_page_is_never_a_shorter_list() {
    for provider in BOTH {
        let pages = vec![page(provider, 1, 2, &machines(provider, 1, 1)), answer(503, &json!({}))];
        assert_eq!(listed(provider, pages).await.0, Err(ProviderError::Unavailable), "{provider}");
    }
}

//! Through the SDK's own client, as a function sends.

use std::net::Ipv4Addr;

use brihaspati_core::config::Settings;

use super::*;
use crate::callers::access_key;
use crate::template::{REGION, Template, queue_url};
use crate::wiring;

const TEMPLATE: &str = "
Resources:
  Work: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
  Other: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
  Sender:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/sender/
      Timeout: 5
      Runtime: provided.al2023
      Handler: bootstrap
      Architectures: [arm64]
      MemorySize: 128
      LoggingConfig: {LogFormat: JSON}
      Environment: {Variables: {WORK_QUEUE_URL: !Ref Work}}
      Policies:
        - Version: '2012-10-17'
          Statement:
            - {Effect: Allow, Action: ['sqs:SendMessage'], Resource: !GetAtt Work.Arn}
";

/// An endpoint with the queues of [`TEMPLATE`].
struct Account {
    endpoint: String,
    queues: HashMap<String, Arc<Queue>>,
    /// What the function is given as the queue's URL.
    given_url: String,
    _stop: tokio_util::sync::DropGuard,
}

impl Account {
    async fn open() -> Self {
        let template = Template::parse(TEMPLATE, &std::collections::BTreeMap::new(), &|_, _| None).unwrap();
        let callers = Arc::new(Callers::new(&template.functions, HashMap::new()));
        let queues = wiring::queues_by_url(&wiring::queues(&template).unwrap());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        tokio::spawn(Sqs { queues: queues.clone(), callers }.serve(listener, stop.clone()));
        let given_url = template.functions[0].variables["WORK_QUEUE_URL"].clone();
        Self { endpoint, queues, given_url, _stop: stop.drop_guard() }
    }

    /// Sends as `function`; gives the message's id, or the error's code.
    async fn send(&self, function: &str, url: &str, body: &str, delay: i32) -> Result<String, String> {
        let variables = [
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", access_key(function)),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("AWS_ENDPOINT_URL_SQS", self.endpoint.clone()),
        ];
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let client = Settings::from_map(variables).aws("AWS_ENDPOINT_URL_SQS").unwrap().sqs();
        let sent = client.send_message().queue_url(url).message_body(body).delay_seconds(delay).send().await;
        match sent {
            Ok(answer) => {
                let digest = format!("{:x}", md5::compute(body));
                assert_eq!(answer.md5_of_message_body(), Some(digest.as_str()));
                Ok(answer.message_id().unwrap().to_owned())
            }
            Err(error) => Err(error.into_service_error().meta().code().unwrap_or("none").to_owned()),
        }
    }
}

#[tokio::test]
async fn a_message_sent_to_the_url_that_a_function_is_given_reaches_that_queue() {
    let account = Account::open().await;
    let id = account.send("sender", &account.given_url, "{\"detail\": 1}", 0).await.unwrap();
    let received = account.queues[&queue_url("Work")].receive(10).await;
    assert_eq!((received.len(), received[0].record()["body"].as_str()), (1, Some("{\"detail\": 1}")));
    assert_eq!(received[0].record()["messageId"], id);
    assert_eq!(account.queues[&queue_url("Other")].len(), 0);
}

#[tokio::test]
async fn only_who_may_send_to_a_queue_can() {
    let account = Account::open().await;
    for (function, queue) in [("stranger", "Work"), ("sender", "Other")] {
        let refused = account.send(function, &queue_url(queue), "body", 0).await;
        assert_eq!(refused, Err("AccessDenied".to_owned()), "{function} to {queue}");
        assert_eq!(account.queues[&queue_url(queue)].len(), 0);
    }
}

#[tokio::test]
async fn what_sqs_refuses_is_refused_with_its_own_codes() {
    let account = Account::open().await;
    let work = queue_url("Work");
    for (url, body, delay, code) in [
        (queue_url("Absent").as_str(), "body", 0, "AWS.SimpleQueueService.NonExistentQueue"),
        (&work, "body", 901, "InvalidParameterValue"),
        (&work, "body", -1, "InvalidParameterValue"),
        (&work, "", 0, "MissingParameter"),
    ] {
        assert_eq!(account.send("sender", url, body, delay).await, Err(code.to_owned()), "{url} {delay}");
    }
    assert_eq!(account.queues[&work].len(), 0);
    assert!(account.send("sender", &work, "body", 900).await.is_ok());
}

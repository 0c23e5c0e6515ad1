//! `guide.md`: what its author wrote and trainees will not see. The portal shows Markdown alone: raw HTML stays text,
//! pictures come only from the guide itself, and links lead only to web pages.

use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::problem::{LabProblem, place_in};

/// More of the same would tell nothing new.
const MAX_WARNINGS: usize = 20;

/// Elements that authors write on purpose; `<your-name>` is meant as text.
const ELEMENTS: [&str; 48] = [
    "a",
    "audio",
    "b",
    "blockquote",
    "br",
    "button",
    "center",
    "code",
    "details",
    "div",
    "em",
    "embed",
    "font",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "iframe",
    "img",
    "input",
    "kbd",
    "li",
    "link",
    "mark",
    "meta",
    "object",
    "ol",
    "p",
    "pre",
    "s",
    "script",
    "small",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "td",
    "tr",
    "u",
    "ul",
    "video",
];

pub(crate) fn problems(text: &str) -> Vec<LabProblem> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(text, options).into_offset_iter();
    let warnings = events.filter_map(|(event, range)| {
        let (problem, fix) = match event {
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => html(text.get(range.clone())?)?,
            Event::Start(Tag::Image { dest_url, .. }) => picture(&dest_url)?,
            Event::Start(Tag::Link { dest_url, .. }) => link(&dest_url)?,
            _ => return None,
        };
        Some(LabProblem::warning("guide.md", problem).at(place_in(text, range.start)).fix(fix))
    });
    warnings.take(MAX_WARNINGS).collect()
}

type Finding = (String, &'static str);

fn html(source: &str) -> Option<Finding> {
    let name: String = source.trim_start().strip_prefix('<')?.chars().take_while(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    if !ELEMENTS.contains(&name.as_str()) {
        return None;
    }
    Some(match name.as_str() {
        "script" | "style" | "iframe" | "object" | "embed" | "link" | "meta" => {
            (format!("<{name}> does nothing in a guide: trainees read it as text"), "take it out")
        }
        "img" => ("HTML is not rendered: trainees read <img> as text".into(), "say in words what the picture shows"),
        _ => (format!("HTML is not rendered: trainees read <{name}> as text"), "write it in Markdown"),
    })
}

fn picture(source: &str) -> Option<Finding> {
    let source = source.to_ascii_lowercase();
    let kinds = ["png", "jpeg", "gif", "webp"];
    if kinds.iter().any(|kind| source.starts_with(&format!("data:image/{kind};"))) {
        return None;
    }
    let what = if source.starts_with("data:") { "a picture of this kind" } else { "a picture from elsewhere" };
    let fix = "embed a small PNG, JPEG, GIF or WebP as data:image/png;base64,… or say in words what it shows";
    Some((format!("{what} is not shown: trainees would tell its server who they are"), fix))
}

fn link(target: &str) -> Option<Finding> {
    let scheme = target.split_once(':')?.0.to_ascii_lowercase();
    matches!(scheme.as_str(), "javascript" | "vbscript" | "data" | "file")
        .then(|| (format!("a {scheme}: link leads nowhere"), "link to a web page (https://…) or take it out"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        problems(text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn scripts_and_html_are_named_with_their_place() {
        let found = found("# Guide\n\n<script>alert(1)</script>\n\nPress <kbd>q</kbd> now.\n");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("guide.md:3:1: warning: <script> does nothing"), "{found:?}");
        assert!(found[1].starts_with("guide.md:5:7: warning: HTML is not rendered"), "{found:?}");
    }

    #[test]
    fn pictures_from_elsewhere_are_named() {
        let found = found("![map](https://example.com/map.png)\n\n![here](data:image/png;base64,AAAA) ![x](a.svg)\n");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("guide.md:1:1: ") && found[1].starts_with("guide.md:3:"), "{found:?}");
    }

    #[test]
    fn links_that_would_run_something_are_named() {
        assert_eq!(found("[a](javascript:alert(1)) [b](https://example.com)").len(), 1);
    }

    #[test]
    fn code_comments_and_placeholders_are_nobodys_business() {
        assert_eq!(found("```html\n<script>\n```\n\n`<b>`, <your-name> and <!-- a note -->\n"), [""; 0]);
    }

    #[test]
    fn a_guide_full_of_html_is_told_once_in_a_while() {
        assert_eq!(problems(&"<b>x</b> ".repeat(10_000)).len(), MAX_WARNINGS);
    }
}

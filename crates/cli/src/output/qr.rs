//! A QR code for a projector or a phone held to the screen.

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use super::Output;

/// Two modules to a character. With colour it is black on white whatever the terminal's own colours are; `None` where the
/// text is too long for a code.
pub(crate) fn qr_code(text: &str, output: &Output) -> Option<String> {
    let code = QrCode::new(text).ok()?;
    let mut image = code.render::<Dense1x2>();
    if !output.colour {
        // Most terminals are dark: drawn characters are the light modules there.
        return Some(image.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build());
    }
    let lines = image.build();
    Some(lines.lines().map(|line| format!("\u{1b}[30;107m{line}\u{1b}[0m")).collect::<Vec<_>>().join("\n"))
}

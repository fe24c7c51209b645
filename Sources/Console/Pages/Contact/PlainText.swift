/// The text of a piece of HTML, for where no markup from outside may stand (CSL-4).
enum PlainText {
  /// Leaves tags out; ends of paragraphs and breaks become ends of lines.
  static func of(_ html: String) -> String {
    guard html.contains("<") || html.contains("&") else { return html }
    var text = html.replacing(/<(br|\/p|\/div|\/li|\/h[1-6])\s*\/?>/.ignoresCase(), with: "\n")
    text = text.replacing(/<\/?[A-Za-z][^<>]*>/, with: "")
    let entities = [
      ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"),
      ("&amp;", "&"),
    ]
    for (entity, character) in entities { text = text.replacing(entity, with: character) }
    return text
  }
}

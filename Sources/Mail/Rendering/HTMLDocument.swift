/// Completes HTML with what every message needs.
enum HTMLDocument {
  /// Adds what is missing (EML-303 to EML-305): a document around the content, a head with a title, the language,
  /// the invisible preheader as the first text, the position of the pixel, and that of the link that nobody sees
  /// (EML-364).
  ///
  /// The subject and the pixel are inserted as tokens and filled with the others.
  static func complete(
    _ html: String, language: String, preheader: String?, hasPixel: Bool,
    hasTrap: Bool = false
  ) -> String {
    var bytes = Array(html.utf8)
    let title = "<title>{subject}</title>"
    if !HTMLTag.all(in: bytes).contains(where: { $0.name == "html" && !$0.isClosing }) {
      let hasBody = HTMLTag.all(in: bytes).contains { $0.name == "body" && !$0.isClosing }
      let content = hasBody ? html : "<body>\(html)</body>"
      bytes = Array("<!DOCTYPE html><html>\(content)</html>".utf8)
    }
    if let tag = first("html", in: bytes), tag.attribute("lang") == nil {
      let attribute = " lang=\"\(HTMLText.escaped(language.replacing("_", with: "-")))\""
      bytes.insert(contentsOf: attribute.utf8, at: tag.range.lowerBound + "<html".utf8.count)
    }
    if let head = first("head", in: bytes) {
      if first("title", in: bytes) == nil {
        bytes.insert(contentsOf: title.utf8, at: head.range.upperBound)
      }
    } else if let tag = first("html", in: bytes) {
      let head = "<head><meta charset=\"utf-8\">\(title)</head>"
      bytes.insert(contentsOf: head.utf8, at: tag.range.upperBound)
    }
    if let preheader, !preheader.isEmpty {
      let place = first("body", in: bytes)?.range.upperBound ?? 0
      bytes.insert(contentsOf: hidden(preheader).utf8, at: place)
    }
    if hasPixel, !html.lowercased().contains("{tracking_pixel}") {
      let end = HTMLTag.all(in: bytes).last { $0.name == "body" && $0.isClosing }
      bytes.insert(contentsOf: "{tracking_pixel}".utf8, at: end?.range.lowerBound ?? bytes.count)
    }
    if hasTrap {
      let end = HTMLTag.all(in: bytes).last { $0.name == "body" && $0.isClosing }
      bytes.insert(contentsOf: "{hidden_link}".utf8, at: end?.range.lowerBound ?? bytes.count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hidden(_ text: String) -> String {
    """
    <div style="display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;\
    overflow:hidden">\(HTMLText.escaped(text))</div>
    """
  }

  private static func first(_ name: String, in bytes: [UInt8]) -> HTMLTag? {
    HTMLTag.all(in: bytes).first { $0.name == name && !$0.isClosing }
  }
}

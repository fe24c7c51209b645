import Foundation
import Mail
import Primitives

/// A page cut at its tokens, once for all its visitors.
package struct PageTemplate: Sendable {
  /// A part of the page.
  enum Piece: Sendable {
    case bytes([UInt8])
    case token(PageToken, PageContext)
    /// The place of the tracking script.
    case script
  }

  let pieces: [Piece]
  /// Whether the page loads the tracking script itself.
  let hasScript: Bool
  /// The objects that tokens name.
  let pages: [Int64]
  let assets: [Int64]
  let forms: [Int64]
  /// Whether it depends on who sees it.
  package let namesFields: Bool

  /// Cuts a page.
  ///
  /// - Parameters:
  ///   - html: The page as its author wrote it.
  ///   - page: Title, language and description, which are added where the page has none.
  init(_ html: String, of page: PageOutline) {
    let text = Array(PageDocument.completed(html, page).utf8)
    let tags = HTMLTag.all(in: text)
    let contexts = PageContexts(text, tags)
    hasScript = ["/mtc.js", "/mtc-lite.js"].contains { name in
      text.firstRange(of: Array(name.utf8)) != nil
    }
    var cuts: [(range: Range<Int>, piece: Piece)] = PageToken.all(in: text).map { place in
      (place.range, .token(place.token, contexts.context(at: place.range.lowerBound)))
    }
    let end = Self.scriptPlace(tags, beforeFirst: hasScript) ?? text.count
    // A token never reaches over a tag's beginning.
    let next = cuts.firstIndex { $0.range.lowerBound >= end } ?? cuts.count
    cuts.insert((end..<end, .script), at: next)
    var pieces: [Piece] = []
    var position = 0
    for cut in cuts where cut.range.lowerBound >= position {
      if position < cut.range.lowerBound {
        pieces.append(.bytes(Array(text[position..<cut.range.lowerBound])))
      }
      pieces.append(cut.piece)
      position = cut.range.upperBound
    }
    if position < text.count { pieces.append(.bytes(Array(text[position...]))) }
    self.pieces = pieces
    let tokens = cuts.compactMap { cut -> (PageToken, PageContext)? in
      if case .token(let token, let context) = cut.piece { (token, context) } else { nil }
    }
    pages = Self.named(tokens) { token, _ in if case .page(let id) = token { id } else { nil } }
    assets = Self.named(tokens) { token, _ in if case .asset(let id) = token { id } else { nil } }
    forms = Array(
      Self.named(tokens) { token, context in
        if case .form(let id) = token, context == .text { id } else { nil }
      }.prefix(PageLimits.forms))
    namesFields = tokens.contains { if case .field = $0.0 { true } else { false } }
  }

  /// The number of bytes that it holds.
  var size: Int {
    pieces.reduce(0) { sum, piece in
      if case .bytes(let bytes) = piece { sum + bytes.count } else { sum + 64 }
    }
  }

  private static func named(
    _ tokens: [(PageToken, PageContext)], _ id: (PageToken, PageContext) -> Int64?
  ) -> [Int64] {
    var seen: Set<Int64> = []
    return tokens.compactMap { id($0.0, $0.1) }.filter { seen.insert($0).inserted }
  }

  /// The end of the body; or, where what is added has to be there before the page's own scripts, the first of them.
  private static func scriptPlace(_ tags: [HTMLTag], beforeFirst: Bool) -> Int? {
    if beforeFirst {
      return tags.first { $0.name == "script" && !$0.isClosing }?.range.lowerBound
    }
    return tags.last { $0.name == "body" && $0.isClosing }?.range.lowerBound
      ?? tags.last { $0.name == "html" && $0.isClosing }?.range.lowerBound
  }
}

/// Adds what a page lacks.
enum PageDocument {
  /// Returns a page with a document around it, a title, a description and the wish of its author about search engines,
  /// each where it has none. What is there stays as it is.
  static func completed(_ html: String, _ page: PageOutline) -> String {
    let text = Array(html.utf8)
    let tags = HTMLTag.all(in: text)
    func first(_ name: String) -> HTMLTag? { tags.first { $0.name == name && !$0.isClosing } }
    var lines: [String] = []
    if first("title") == nil { lines.append("<title>{pagetitle}</title>") }
    func hasMeta(_ name: String) -> Bool {
      tags.contains { tag in
        tag.name == "meta"
          && tag.attributes.contains { attribute in
            attribute.name == "name"
              && String(decoding: text[attribute.value], as: UTF8.self).lowercased() == name
          }
      }
    }
    if let description = page.metaDescription, !description.isEmpty, !hasMeta("description") {
      lines.append(#"<meta name="description" content="{pagemetadescription}">"#)
    }
    if page.isHiddenFromSearch, !hasMeta("robots") {
      lines.append(#"<meta name="robots" content="noindex">"#)
    }
    let additions = lines.joined()
    if let head = first("head") {
      return inserting(additions, into: text, at: head.range.upperBound)
    }
    if let document = first("html") {
      return inserting(
        "<head><meta charset=\"utf-8\">\(additions)</head>", into: text,
        at: document.range.upperBound)
    }
    let language = HTMLEscaping.text(page.language.replacing("_", with: "-"))
    let body = first("body") == nil ? "<body>\(html)</body>" : html
    return """
      <!DOCTYPE html>
      <html lang="\(language)"><head><meta charset="utf-8">\
      <meta name="viewport" content="width=device-width, initial-scale=1">\(additions)</head>\(body)</html>
      """
  }

  private static func inserting(_ addition: String, into text: [UInt8], at place: Int) -> String {
    var text = text
    text.insert(contentsOf: addition.utf8, at: place)
    return String(decoding: text, as: UTF8.self)
  }
}

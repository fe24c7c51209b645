import Foundation
import Primitives

/// The document as a page to read: one section for each tag, one article for each operation. It needs no script, and asks
/// no other server for anything.
struct DocsPage {
  let document: JSONValue

  /// Nothing but the page's own style is applied.
  var policy: String {
    "default-src 'none'; style-src '\(Self.styleHash)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  }

  var html: String {
    let title = PublicPage.escape(document["info"]?["title"]?.text ?? "")
    let version = PublicPage.escape(document["info"]?["version"]?.text ?? "")
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(title) \(version)</title>
      <meta name="viewport" content="width=device-width"><style>\(Self.style)</style></head>
      <body><nav><h2>Contents</h2><ul>\(contents)</ul></nav><main>
      <h1>\(title) \(version)</h1><p>\(text(document["info"], "description"))</p>
      <p>For programs: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
      \(sections)
      <section><h2 id="schemas">Schemas</h2>\(schemas)</section>
      </main></body></html>
      """
  }

  private var tags: [String] {
    (document["tags"]?.elements ?? []).compactMap { $0["name"]?.text }
  }

  private var contents: String {
    (tags + ["schemas"]).map { tag in
      "<li><a href=\"#\(PublicPage.escape(tag))\">\(PublicPage.escape(tag))</a></li>"
    }.joined()
  }

  private var sections: String {
    var articles: [String: [String]] = [:]
    for path in document["paths"]?.asObject?.members ?? [] {
      for operation in path.value.asObject?.members ?? [] {
        articles[operation.value["tags"]?.commaList.first ?? "", default: []].append(
          DocsOperation(method: operation.key, path: path.key, operation: operation.value).html)
      }
    }
    return tags.map { tag in
      let name = PublicPage.escape(tag)
      return "<section><h2 id=\"\(name)\">\(name)</h2>\((articles[tag] ?? []).joined())</section>"
    }.joined(separator: "\n")
  }

  private var schemas: String {
    (document["components"]?["schemas"]?.asObject?.members ?? []).map { schema in
      """
      <article id="schema-\(PublicPage.escape(schema.key))"><h3>\(PublicPage.escape(schema.key))</h3>\
      <p>\(text(schema.value, "description"))</p>\(DocsSchema.html(schema.value))</article>
      """
    }.joined()
  }

  private func text(_ value: JSONValue?, _ member: String) -> String {
    PublicPage.escape(value?[member]?.text ?? "")
  }

  private static let style = """
    body{font:16px/1.5 sans-serif;margin:0;display:flex;color:#222}
    nav{flex:0 0 12em;padding:1em;height:100vh;overflow:auto;position:sticky;top:0;box-sizing:border-box;background:#f4f4f4}
    nav ul{list-style:none;padding:0}main{flex:1;padding:1em 2em;max-width:60em;min-width:0;overflow-x:auto}
    article{border-top:1px solid #ccc;padding:.5em 0}code,pre{font:14px/1.4 monospace}
    .method{display:inline-block;min-width:4.5em;font-weight:bold}table{border-collapse:collapse}
    td,th{text-align:left;vertical-align:top;padding:.1em 1em .1em 0}
    h3 code{overflow-wrap:anywhere}h3{margin:.3em 0}h4{margin:.6em 0 .2em}pre{background:#f4f4f4;padding:.5em;white-space:pre-wrap;overflow-wrap:anywhere}
    @media(max-width:50em){body{display:block}nav{height:auto;position:static}}
    """

  private static let styleHash: String = {
    let bytes = Hex.decode(RenderedDocument.hash(of: Array(style.utf8))) ?? []
    return "sha256-" + Data(bytes).base64EncodedString()
  }()
}

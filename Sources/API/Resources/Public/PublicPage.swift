import HTTPTypes
import Hummingbird

/// The content-security policy of a page. No scripts: the addresses of pages are secrets of their recipients.
enum ContentPolicy: String {
  /// Our own pages, with texts and pictures of the operator.
  case own = """
    default-src 'none'; style-src 'unsafe-inline'; img-src * data:; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'
    """
  /// A landing page that shows what a contact has chosen: of all that its author may write, no scripts.
  case preferences = """
    default-src 'none'; style-src * 'unsafe-inline'; img-src * data:; font-src * data:; media-src *; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'
    """
  /// A message: styles, pictures, fonts and films from anywhere, as authors of e-mails use them.
  case message = """
    default-src 'none'; style-src * 'unsafe-inline'; img-src * data:; font-src * data:; media-src *; \
    form-action 'none'; base-uri 'none'; frame-ancestors 'none'
    """
}

extension APIResponse {
  /// A page. Its address identifies a contact and is not passed on to other sites.
  init(html bytes: [UInt8], status: HTTPResponse.Status = .ok, policy: ContentPolicy = .own) {
    self.init(
      status: status,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "private, no-store",
        .contentSecurityPolicy: policy.rawValue, .referrerPolicy: "no-referrer",
        .xContentTypeOptions: "nosniff",
      ], body: .whole(ByteBuffer(bytes: bytes)))
  }
}

/// The plain pages that recipients of e-mails see.
enum PublicPage {
  /// A page with a title; the content is HTML.
  static func page(
    _ title: String, _ content: String, status: HTTPResponse.Status = .ok
  ) -> APIResponse {
    APIResponse(html: Array(html(title, content).utf8), status: status)
  }

  /// The markup of a page.
  static func html(_ title: String, _ content: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>\(escape(title))</title>
    <meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
    <style>body{font:16px/1.5 sans-serif;max-width:40em;margin:3em auto;padding:0 1em}
    fieldset{border:1px solid #ccc;margin:1em 0}label{display:block}</style></head>
    <body><h1>\(escape(title))</h1>\(content)</body></html>
    """
  }

  /// A page with one sentence.
  static func message(
    _ title: String, _ text: String, status: HTTPResponse.Status = .ok
  ) -> APIResponse {
    page(title, "<p>\(escape(text))</p>", status: status)
  }

  static let notFound = message("Not found", "There is nothing here.", status: .notFound)

  /// A text escaped for HTML.
  static func escape(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
  }
}

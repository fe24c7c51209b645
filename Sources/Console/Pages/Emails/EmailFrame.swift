import API
import HTTPTypes
import Hummingbird

/// The page within the frame in which the builder of e-mails runs. GrapesJS needs styles in elements, so that it stands apart
/// from all other pages (CSL-4).
enum EmailFrame {
  /// The files that the page names.
  private static let files = [
    "console.css", "controls.css", "grapes.css", "email-frame.css", "email-frame.js", "grapes.js",
  ]

  private static let policy = """
    default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https: http:; \
    font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'
    """

  /// The page, with the served names of its files.
  static func page(_ page: PageRequest) async throws -> PageAnswer {
    var html = String(decoding: PackageResources.email_frame_html, as: UTF8.self)
    for file in files {
      guard let path = page.console.assets.path(file) else { continue }
      html = html.replacing("\"\(file)\"", with: "\"\(path)\"")
    }
    return .other(response(html, policy: policy))
  }

  /// A page that only pages of this site may frame.
  static func response(_ html: String, policy: String) -> APIResponse {
    APIResponse(
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
        .contentSecurityPolicy: policy, .frameOptions: "SAMEORIGIN",
        .referrerPolicy: "no-referrer", .robots: "noindex",
      ], body: .whole(ByteBuffer(string: html)))
  }
}

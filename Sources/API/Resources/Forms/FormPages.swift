import Forms
import HTTPTypes

/// Pages after a plain submission that brings an asset.
enum FormPages {
  /// The form's message with the asset, which begins to download; then the visitor goes on by a link.
  ///
  /// - Parameters:
  ///   - link: The address of the asset.
  ///   - form: The form.
  ///   - next: Where the visitor may go on; nil for nowhere.
  static func download(_ link: String, _ form: Form, next: String?) -> APIResponse {
    let onward =
      next.map { "<p><a href=\"\(PublicPage.escape($0))\">Continue</a></p>" } ?? ""
    return PublicPage.page(
      form.values.name,
      """
      <div role="status">\(form.values.thanks)</div>
      <p><a href="\(PublicPage.escape(link))">Download</a></p>\(onward)
      """
    ).with(.refresh, "1; url=\(link)")
  }
}

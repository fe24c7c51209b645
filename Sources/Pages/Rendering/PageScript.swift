import Foundation

/// The tracking script of a page. The visit was recorded when the page was sent: the script repeats it under its id, so
/// that it counts once, and learns who the browser is.
struct PageScript {
  /// The address of this installation.
  let site: String

  /// Returns the markup.
  ///
  /// - Parameters:
  ///   - hit: The id of the visit; nil where none was recorded.
  ///   - isThere: Whether the page loads the script itself, and needs the id alone.
  func html(hit: UUID?, isThere: Bool) -> String {
    let id = hit.map { "window.martletHit=\"\($0.uuidString)\";" } ?? ""
    guard !isThere else { return id.isEmpty ? "" : "<script>\(id)</script>" }
    return """
      <script>\(id)window.MauticTrackingObject="mt";window.mt=window.mt||function(){\
      (mt.q=mt.q||[]).push(arguments)};mt("send","pageview");</script>\
      <script async src="\(HTMLEscaping.text(site))/mtc.js"></script>
      """
  }
}

import Foundation
import Pages

/// Landing pages that are preference centres of e-mails (EML-404).
struct PreferenceCenterPages: Sendable {
  let finder: PageFinder
  let maker: PageMaker

  /// Returns the page as a recipient sees it; nil where it is none, is not published or is gone: then a page of ours takes
  /// its place. The visit is not recorded, as the address identifies the recipient.
  func response(
    _ id: Int64, language: String, contact: Int64?, slots: [String: String], now: Date
  ) async throws -> APIResponse? {
    guard let page = try await finder.preferenceCenter(id, language: language, now: now) else {
      return nil
    }
    var showing = PageMaker.Showing(contact: contact, isTracked: false)
    showing.slots = slots
    guard let html = try await maker.html(page, for: showing, now: now) else { return nil }
    return APIResponse(html: html, policy: .preferences).with(.robots, "noindex")
  }
}

import Focus
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import NIOCore
import Tracking

/// `/focus/{id}.js` and the picture by which views are counted (tracking.md 1). There is no login here.
struct FocusRoutes: Sendable {
  let items: FocusStore
  let tracker: Tracker
  /// The address of this installation.
  let site: String
  let clock: WallClock

  var routes: [Route] {
    [
      Route(.get, "/focus/{file:text}", needs: .anyone) { try await script($0) }.summarized(
        "The script of a focus item"),
      Route(.get, "/focus/{id}/viewpixel.gif", needs: .anyone) { try await count($0) }.summarized(
        "Count a view of a focus item"),
    ]
  }

  /// The script; an empty one for an item that is unknown or not open: the page of the website stays as it is.
  private func script(_ request: APIRequest) async throws -> APIResponse {
    let file = try request.pathText("file")
    guard file.hasSuffix(".js"), let id = Int64(file.dropLast(3)), id > 0 else {
      throw APIError.unknownRoute
    }
    var text = ""
    if let item = try await items.find(id), item.values.isOpen(at: clock.now) {
      text = try FocusScript(item, site: site).text()
    }
    return APIResponse(
      headers: [
        .contentType: "text/javascript; charset=utf-8", .cacheControl: "no-cache",
        .xContentTypeOptions: "nosniff",
      ], body: .whole(ByteBuffer(string: text)))
  }

  /// Always answers the picture. What a user sees, or a browser fetches in advance, is not counted.
  private func count(_ request: APIRequest) async throws -> APIResponse {
    let id = try request.id
    let now = clock.now
    let visit = VisitRequest(request, parameters: [:], at: now)
    guard !visit.isByUser, !visit.isAdvance else { return .pixel }
    do {
      guard let item = try await items.find(id), item.values.isOpen(at: now) else { return .pixel }
      let act: FocusStore.Act = request.query["act"]?.text == "click" ? .click : .view
      let visitor = try await AssetVisitor(request, tracker.resolver, at: now)
      if !visitor.isExcluded { try await items.record(act, id, by: visitor.contact) }
    } catch  where !Task.isCancelled {
      request.logger.warning("a view was not counted", metadata: ["error": "\(error)"])
    }
    return .pixel
  }
}

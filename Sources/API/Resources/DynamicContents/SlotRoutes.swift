import DynamicContents
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import NIOCore
import Tracking

/// `/dwc/{slot}`: what a slot of a web page shows to its visitor (tracking.md 13). There is no login here.
struct SlotRoutes: Sendable {
  let tracker: Tracker
  let slots: DynamicSlots
  let clock: WallClock

  var routes: [Route] {
    [
      Route(.get, "/dwc/{slot:text}", needs: .anyone) { try await content($0) }.summarized(
        "The content of a slot"),
      Route(.post, "/dwc/{slot:text}", needs: .anyone) { try await content($0) }.summarized(
        "The content of a slot"),
    ]
  }

  /// The content with who the visitor is, or nothing: then the page keeps what it has.
  private func content(_ request: APIRequest) async throws -> APIResponse {
    let slot = try request.pathText("slot")
    var sent = PageTrackingRoutes.flat(request.query)
    if request.method == .post {
      sent += PageTrackingRoutes.flat(try await request.parameters())
    }
    let (parameters, _) = PageParameters.merged(sent)
    let visit = VisitRequest(request, parameters: parameters, at: clock.now)
    do {
      let visitor = try await visitor(visit)
      guard let html = try await slots.content(of: slot, for: visitor?.contact) else {
        let nothing = APIResponse(
          status: .noContent, headers: [.cacheControl: "private, no-store"],
          body: .whole(ByteBuffer()))
        return try await remembering(visitor, nothing)
      }
      let answer = APIResponse(
        json: [
          "content": .string(html), "id": JSONValue(visitor?.contact),
          "sid": JSONValue(visitor?.device.trackingID),
          "device_id": JSONValue(visitor?.device.trackingID),
        ]
      ).with(.cacheControl, "private, no-store")
      return try await remembering(visitor, answer)
    } catch  where VisitorResolver.isAway(error) && !Task.isCancelled {
      request.logger.warning("a slot was not answered", metadata: ["error": "\(error)"])
      throw APIError.unavailable("The content cannot be chosen now.")
    }
  }

  /// Who asks; nil for somebody who is not to be known, and for what nobody looks at yet.
  private func visitor(_ visit: VisitRequest) async throws -> Visitor? {
    guard !visit.isByUser, !visit.isAdvance,
      case .visitor(let visitor, _) = try await tracker.resolver.resolve(visit)
    else { return nil }
    return visitor
  }

  private func remembering(_ visitor: Visitor?, _ answer: APIResponse) async throws -> APIResponse {
    guard let visitor else { return answer }
    var answer = answer
    let settings = try await tracker.settings()
    let cookies = TrackingCookie.all(
      device: visitor.device.trackingID, contact: visitor.contact)
    for cookie in cookies {
      answer.headers.append(HTTPField(name: .setCookie, value: cookie.header(settings)))
    }
    return answer
  }
}

import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Tracking

/// `/video/hit`: how far a video of a page was watched (tracking.md 1). There is no login here.
struct VideoRoutes: Sendable {
  let tracker: Tracker
  let clock: WallClock

  /// The most seconds of a video: a year.
  private static let longest = 31_536_000

  var routes: [Route] {
    [
      Route(.post, "/video/hit", needs: .anyone) { try await watch($0) }.summarized(
        "Count how far a film was watched")
    ]
  }

  private func watch(_ request: APIRequest) async throws -> APIResponse {
    let sent = try await request.parameters()
    let view: VideoView
    do {
      view = try Self.view(sent)
    } catch {
      return APIResponse(
        status: error.status,
        json: [
          "success": false, "message": .string(error.message), "errors": .array([error.json]),
        ])
    }
    // A video changes nothing of its visitor.
    let parameters = PageTrackingRoutes.flat(sent).filter {
      ["mautic_device_id", "mtc_id", "do_not_track"].contains($0.0)
    }
    let visit = VisitRequest(
      request, parameters: Dictionary(parameters, uniquingKeysWith: { $1 }), at: clock.now)
    do {
      guard let visitor = try await tracker.watch(view, visit) else {
        return APIResponse(json: ["success": false])
      }
      var answer = APIResponse(json: ["success": true])
      let settings = try await tracker.settings()
      let cookies = TrackingCookie.all(
        device: visitor.device.trackingID, contact: visitor.contact)
      for cookie in cookies {
        answer.headers.append(HTTPField(name: .setCookie, value: cookie.header(settings)))
      }
      return answer
    } catch  where VisitorResolver.isAway(error) && !Task.isCancelled {
      request.logger.warning("a video's view was not kept", metadata: ["error": "\(error)"])
      throw APIError.unavailable("The view could not be kept. Send it again.")
    }
  }

  /// - Throws: `APIError` 400 that names every member at fault.
  private static func view(_ body: JSONValue) throws(APIError) -> VideoView {
    var members = Members(body)
    let guid = members.text("guid") ?? ""
    let url = members.text("url") ?? ""
    let duration = seconds("duration", &members)
    let watched = seconds("total_watched", &members)
    let isID =
      (1...64).contains(guid.utf8.count)
      && guid.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    if !isID { members.refuse("guid", "must be 1 to 64 letters, digits and hyphens") }
    if url.isEmpty { members.refuse("url", "is required") }
    try members.finish()
    return VideoView(
      guid: guid, url: url, duration: duration, watched: watched ?? 0,
      referrer: members.text("page_referrer") ?? "", language: members.text("page_language") ?? "")
  }

  /// A number of seconds; players tell parts of them.
  private static func seconds(_ name: String, _ members: inout Members) -> Int? {
    guard let value = members.body[name], value != .null, value != .string("") else { return nil }
    guard let number = value.text.flatMap({ Double($0) }), (0...Double(longest)).contains(number)
    else {
      members.refuse(name, "must be a number of seconds from 0 to \(longest)")
      return nil
    }
    return Int(number)
  }
}

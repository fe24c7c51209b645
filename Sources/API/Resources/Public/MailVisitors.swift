import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Logging
import Mail
import Tracking

/// Recognizes the browsers of recipients who follow links of e-mails or open their pages, and sends their cookies
/// (tracking.md 5, 10, 11). That nobody is recognized changes no answer.
struct MailVisitors: Sendable {
  let tracker: Tracker
  let mail: MailEnvironment

  /// The browser that followed a link.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - reference: The signed reference to the send.
  ///   - page: The link's target; nil for a page of ours, which is no hit.
  ///   - parameters: The parameters of the request.
  func follow(
    _ request: APIRequest, reference: String, page: String? = nil,
    parameters: [(String, String)] = []
  ) async -> Followed? {
    guard !request.isAdvance, request.headers[.authorization] == nil else { return nil }
    var sent = parameters.filter { $0.0 != "ct" && !VisitRequest.foreign.contains($0.0) }
    sent.append(("ct", reference))
    if let page { sent.append(("page_url", page)) }
    do {
      let machines = try await mail.currentSettings().machines
      let isProgram = machines.isProgram(
        address: request.remoteAddress, agent: request.headers[.userAgent])
      return try await tracker.follow(
        VisitRequest(
          request, parameters: PageParameters.merged(sent).all, at: mail.clock.now),
        recognizes: !isProgram)
    } catch {
      request.logger.warning("a visitor was not recognized", metadata: ["error": "\(error)"])
      return nil
    }
  }

  /// The answer with the cookies of the recipient's browser that opened a page of a send.
  func recognizing(
    _ hash: UUID, _ request: APIRequest, _ answer: APIResponse
  ) async -> APIResponse {
    // The reader of the reference looks the contact up by the send.
    let reference = mail.linkSigner.clickthrough(hash, contact: 0)
    var answer = answer
    await addCookies(
      of: await follow(request, reference: reference), with: request.logger, to: &answer)
    return answer
  }

  /// Adds the cookies by which a browser is recognized.
  func addCookies(
    of followed: Followed?, with logger: Logger, to answer: inout APIResponse
  ) async {
    guard let device = followed?.device else { return }
    do {
      let settings = try await tracker.settings()
      for cookie in TrackingCookie.all(device: device, contact: followed?.contact) {
        answer.headers.append(HTTPField(name: .setCookie, value: cookie.header(settings)))
      }
    } catch {
      logger.warning("cookies were not sent", metadata: ["error": "\(error)"])
    }
  }
}

import Foundation

/// A link of an e-mail that was followed, or a page of one that was opened: what its answer and its record need of the
/// visitor (tracking.md 11).
package struct Followed: Sendable, Equatable {
  /// The request, to be kept with the click until that turns out to be a person's.
  package var visit: String
  /// The device's id for cookies; nil where nobody is to be recognized.
  package var device: String?
  /// The contact; nil where it is not known now.
  package var contact: Int64?
}

extension Tracker {
  /// Recognizes the browser of a request that names the send of an e-mail (`ct`) as its recipient's. It waits for the
  /// database no longer than a hit does; where that is away, the recipient is found when the click is recorded.
  ///
  /// - Parameters:
  ///   - request: The request, with the parameters of the link and its target as `page_url`.
  ///   - recognizes: Whether the browser is recognized now; a machine that fetches links is nobody's browser.
  /// - Returns: Nil where nobody is to be tracked.
  package func follow(_ request: VisitRequest, recognizes: Bool) async throws -> Followed? {
    let settings = try await settings()
    let agent = resolver.agents.read(request, excluding: settings.excludedAgents)
    switch AddressRules(settings: settings).verdict(request, isExcludedAgent: agent.isExcluded) {
    case .none: return nil
    case .anonymous: return Followed(visit: try request.text)
    case .full: break
    }
    guard recognizes else { return Followed(visit: try request.text) }
    var request = request
    do {
      guard
        case .visitor(let visitor, _) = try await resolver.resolve(
          request.identifying, creating: false)
      else {
        return Followed(visit: try request.text)
      }
      let device = visitor.device.trackingID
      request.cookies["mautic_device_id"] = device
      request.claim = device
      return Followed(visit: try request.text, device: device, contact: visitor.contact)
    } catch  where !Task.isCancelled {
      logger.debug("who followed a link is looked up later", metadata: ["error": "\(error)"])
      request.claim = request.deviceIDs.first ?? request.claim
      return Followed(visit: try request.text, device: request.claim)
    }
  }
}

extension VisitRequest {
  /// The names of parameters by which a link would make its visitors somebody else.
  package static let foreign: Set<String> = ["mautic_device_id", "mtc_id", "hit_id", "d"]

  /// The request with nothing but what tells who it is: what a link brings changes no contact.
  var identifying: VisitRequest {
    var request = self
    request.parameters = parameters.filter { $0.key == "ct" || $0.key == "page_url" }
    return request
  }

  /// The request as JSON.
  var text: String {
    get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
  }
}

import Foundation

extension VisitorResolver {
  /// Returns a hit with its contact, device, address and source; nil if it is not to be tracked.
  ///
  /// - Throws: The error of ``resolve(_:creating:)``.
  func fill(_ hit: Hit, _ request: VisitRequest) async throws -> Hit? {
    var hit = hit
    hit.visit = ""
    let settings = try await settings.current()
    switch try await resolve(request) {
    case .visitor(let visitor, let address):
      hit.contact = visitor.contact
      hit.device = visitor.device.id
      hit.trackingID = visitor.device.trackingID
      hit.address = settings.anonymizesAddresses ? "*.*.*.*" : address
    case .anonymous:
      hit.forget()
      return hit
    case .nobody, .unknown: return nil
    }
    if request.parameters["ct"] != nil {
      let link = try await breaker.run { try await clickthrough(of: request, settings) }
      (hit.source, hit.sourceID, hit.email) = (link.source, link.sourceID, link.email)
    }
    return hit
  }
}

extension Hit {
  /// Takes off everything that tells who it was (a signal of privacy): what stays is that a page was visited.
  mutating func forget() {
    contact = nil
    device = nil
    trackingID = nil
    previous = nil
    (agent, browserLanguages, address, timezone, locale) = ("", "", "", "", "")
    query = "{}"
  }
}

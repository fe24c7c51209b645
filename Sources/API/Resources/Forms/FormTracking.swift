package import Contacts
package import Forms
package import Foundation
package import JobQueue
package import Postgres
package import Tracking

/// The visitors of forms as tracking knows them.
package struct FormTracking: FormVisitors {
  let resolver: VisitorResolver
  let clock: WallClock

  /// Creates the visitors.
  ///
  /// - Parameters:
  ///   - tracking: Tracking in this process.
  ///   - clock: The clock.
  package init(_ tracking: TrackingEnvironment, clock: WallClock) {
    resolver = tracking.tracker.resolver
    self.clock = clock
  }

  package func contact(of visit: FormVisit) async throws -> Int64? {
    try await resolver.knownDevice(of: request(visit))?.contact
  }

  package func namesNobody(_ visit: FormVisit) async throws -> Bool {
    try await resolver.namesNobody(request(visit))
  }

  package func storedAddress(of visit: FormVisit) async throws -> String? {
    try await resolver.storedAddress(of: request(visit))
  }

  package func find(
    _ visit: FormVisit, in transaction: Transaction
  ) async throws -> ContactVisit {
    try await resolver.visit(of: request(visit), in: transaction)
  }

  package func adopt(
    _ contact: Int64, _ visit: FormVisit, in transaction: Transaction
  ) async throws -> FormVisitor? {
    try await resolver.adopt(contact, request(visit), in: transaction).map {
      FormVisitor(contact: $0.contact, trackingID: $0.device.trackingID)
    }
  }

  package func devices(of contacts: [(contact: Int64, visit: FormVisit)]) async throws -> SQL? {
    try await resolver.devices(of: contacts.map { ($0.contact, request($0.visit)) })
  }

  package func introduce(
    _ contacts: [(contact: Int64, visit: FormVisit)], known rows: PostgresRows?, now: Date
  ) async throws -> FormIntroduction {
    let found = try await resolver.introduce(
      contacts.map { ($0.contact, request($0.visit)) }, known: rows, now: now)
    return FormIntroduction(
      devices: found.ids, owners: found.owners, statements: found.statements)
  }

  private func request(_ visit: FormVisit) -> VisitRequest {
    var parameters: [String: String] = [:]
    parameters["mautic_device_id"] = visit.device
    parameters["mtc_id"] = visit.contact
    // Those of page hits, so that a browser is one device with both.
    let hints = VisitRequest.hints { visit.hints[$0] }
    return VisitRequest(
      parameters: parameters, cookies: visit.cookies, address: visit.address,
      agent: visit.agent ?? "", hints: hints, isByUser: visit.isByUser,
      hasPrivacySignal: visit.hasPrivacySignal, at: clock.now, claim: visit.claim)
  }
}

extension FormVisit {
  /// What a request tells of the browser that sent it.
  init(_ request: APIRequest, _ posted: PostedSubmission? = nil) {
    let told = VisitRequest(request, parameters: [:], at: .distantPast)
    var hints: [String: String] = [:]
    for (name, header) in VisitRequest.hintNames { hints[name] = request.headers[header] }
    self.init(
      cookies: told.cookies, device: posted?.device ?? request.query["mautic_device_id"]?.text,
      contact: posted?.contact, address: told.address,
      agent: request.headers[.userAgent], hints: hints, isByUser: told.isByUser,
      hasPrivacySignal: told.hasPrivacySignal, claim: told.claim)
  }
}

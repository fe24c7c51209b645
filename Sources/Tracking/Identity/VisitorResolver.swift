import Contacts
import Fields
import Foundation
import JobQueue
import Mail
import Postgres
import Users

/// Tells who a request is from (tracking.md 4): the one door for pages, forms, redirects and dynamic content.
///
/// A browser that is known and brings nothing new is answered from memory; everything else is one transaction.
package struct VisitorResolver: Sendable {
  /// The answer to who it is.
  package enum Answer: Sendable, Equatable {
    /// Nobody is to be tracked, and no cookies are sent.
    case nobody
    /// The request is recorded, but not who sent it.
    case anonymous
    /// A contact with a device, and the address under which it counts.
    case visitor(Visitor, address: String)
    /// An unknown visitor, who was not to be created.
    case unknown
  }

  let jobs: JobClient
  let fields: FieldStore
  let editor: ContactEditor
  let signer: LinkSigner
  let settings: Recent<TrackingSettings>
  let recentFields: Recent<FieldSet>
  let agents: AgentCache
  let devices: DeviceCache
  let identities: LookupCache<KnownIdentity>
  let breaker: Breaker

  /// Returns the visitor of a request, who is found, merged or created, with what the request may change applied.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - creating: Whether an unknown visitor becomes a contact.
  /// - Throws: An error if the database could not be asked (``isAway(_:)``), or what it refuses.
  package func resolve(_ request: VisitRequest, creating: Bool = true) async throws -> Answer {
    let settings = try await settings.current()
    let agent = agents.read(request, excluding: settings.excludedAgents)
    switch AddressRules(settings: settings).verdict(request, isExcludedAgent: agent.isExcluded) {
    case .none: return .nobody
    case .anonymous: return .anonymous
    case .full(let address):
      return try await resolve(request, from: address, agent.device, settings, creating: creating)
    }
  }

  /// Whether an error says that the database could not be asked.
  package static func isAway(_ error: any Error) -> Bool { Breaker.isAway(error) }

  // MARK: One request

  private func resolve(
    _ request: VisitRequest, from address: String, _ agent: DeviceDescription?,
    _ settings: TrackingSettings, creating: Bool
  ) async throws -> Answer {
    let known = try await recentFields.current()
    let isPlain =
      request.parameters["ct"] == nil
      && !PublicInput.mayChange(
        request.parameters, known, isTrusted: request.sender?.isTrusted ?? false)
    if let sender = request.sender {
      if isPlain, sender.message == nil, let visitor = try await self.known(sender, agent) {
        return .visitor(visitor, address: address)
      }
    } else if isPlain, let device = try await device(of: request), device.matches(agent) {
      return .visitor(Visitor(contact: device.contact, device: device), address: address)
    }
    return try await breaker.run(mayWait: true) {
      try await decide(request, from: address, agent, settings, creating: creating)
    }
  }

  /// Looks up what the request names, and writes what it changes.
  private func decide(
    _ request: VisitRequest, from address: String, _ agent: DeviceDescription?,
    _ settings: TrackingSettings, creating: Bool
  ) async throws -> Answer {
    let link = try await clickthrough(of: request, settings)
    let current = try await fields.current()
    var parameters = request.parameters
    if let address = link.address, current["email"]?.isPubliclyUpdatable == true,
      parameters["email"] ?? "" == ""
    {
      parameters["email"] = address
    }
    var input = PublicInput(
      parameters, current, isTrusted: request.sender?.isTrusted ?? false)
    if request.sender == nil, input.isEmpty, let device = try await storedDevice(of: request),
      device.matches(agent),
      link.recipient == nil || link.recipient == device.contact
    {
      return .visitor(Visitor(contact: device.contact, device: device), address: address)
    }
    do {
      return try await write(
        request, input, from: address, agent, settings, recipient: link.recipient,
        creating: creating)
    } catch is InvalidInput {
      // Tags or a company that the contact cannot take: the rest applies.
      input.contact.addedTags = []
      input.contact.removedTags = []
      input.contact.values["company"] = nil
      input.company = []
      return try await write(
        request, input, from: address, agent, settings, recipient: link.recipient,
        creating: creating)
    }
  }

  /// What the clickthrough of a request names.
  func clickthrough(
    of request: VisitRequest, _ settings: TrackingSettings
  ) async throws -> ClickthroughReader.Found {
    try await ClickthroughReader(pool: jobs.postgres, signer: signer, settings: settings)
      .read(request.parameters["ct"])
  }

  /// The device of the browser: that of the parameter before that of the cookie.
  func device(of request: VisitRequest) async throws -> TrackedDevice? {
    for id in request.deviceIDs {
      if let device = try await devices.find(id) { return device }
    }
    return nil
  }

  private func storedDevice(of request: VisitRequest) async throws -> TrackedDevice? {
    let ids = request.deviceIDs
    let found = try await jobs.postgres.withConnection {
      try await DeviceTrackingStore.find(ids, on: $0)
    }
    return ids.lazy.compactMap { found[$0] }.first
  }

  private func write(
    _ request: VisitRequest, _ input: PublicInput, from address: String,
    _ agent: DeviceDescription?, _ settings: TrackingSettings, recipient: Int64?, creating: Bool
  ) async throws -> Answer {
    var contact = input.contact
    if !settings.anonymizesAddresses, AddressRules.isTelling(address) {
      contact.ipAddress = address
    }
    let origin = ContactOrigin(
      .system, source: request.sender == nil ? "page.hit" : "event.track",
      sourceName: request.parameters["page_url"], now: request.at)
    let visitor = try await editor.visit(contact, from: origin) { transaction in
      if let message = request.sender?.message,
        try await !IdentityStore.remember(message, in: transaction)
      {
        throw RepeatedMessage()
      }
      var visit = try await visit(of: request, from: address, settings, in: transaction)
      visit.recipient = recipient
      visit.creates = creating
      if let sender = request.sender {
        try await add(sender, to: &visit, on: transaction.connection)
      }
      return visit
    } then: { contact, transaction in
      if !input.company.isEmpty,
        let company = try await VisitStore.company(of: contact, on: transaction.connection)
      {
        try await CompanyFields.write(
          input.company, to: [company], fields: fields.current(on: transaction.connection),
          author: .system, in: transaction)
      }
      // A merge may have moved it.
      let known = try await tracked(request, in: transaction)
      let visitor = try await self.visitor(contact, request, agent, known, in: transaction)
      if let sender = request.sender { try await note(sender, as: visitor, in: transaction) }
      return visitor
    }
    guard let visitor else { return .unknown }
    for id in request.deviceIDs { devices.note(id, nil) }
    devices.note(visitor.device.trackingID, visitor.device)
    if let sender = request.sender { noteCommitted(sender, visitor) }
    return .visitor(visitor, address: address)
  }

  /// What the browser and its address tell of who it is.
  func visit(
    of request: VisitRequest, from address: String, _ settings: TrackingSettings,
    in transaction: Transaction
  ) async throws -> ContactVisit {
    var visit = ContactVisit(tracked: try await tracked(request, in: transaction)?.contact)
    if visit.tracked == nil, let old = request.oldContact {
      visit.tracked = try await VisitStore.untracked(old, on: transaction.connection)
    }
    if settings.tracksByAddress, AddressRules.isTelling(address) {
      visit.neighbour = try await VisitStore.lastSeen(at: address, on: transaction.connection)
    }
    return visit
  }

  /// The device of the browser, as the transaction sees it, while no other one makes a visitor of it.
  func tracked(
    _ request: VisitRequest, in transaction: Transaction
  ) async throws -> TrackedDevice? {
    let ids = request.deviceIDs
    let sender = request.sender
    let keys = ((sender?.identities ?? []) + (sender?.previousIdentities ?? [])).map(\.key)
    for id in (ids + keys).sorted() { try await transaction.connection.lock(.visitor(id)) }
    let found = try await DeviceTrackingStore.find(ids, on: transaction.connection)
    if let device = ids.lazy.compactMap({ found[$0] }).first { return device }
    guard let sender else { return nil }
    return try await device(of: sender, on: transaction.connection)
  }

  func visitor(
    _ contact: Int64, _ request: VisitRequest, _ agent: DeviceDescription?,
    _ known: TrackedDevice?, in transaction: Transaction
  ) async throws -> Visitor {
    // A server tells of no device: the last one stands.
    let saysNothing = request.sender != nil && agent == nil
    if let known, known.contact == contact, saysNothing || known.matches(agent) {
      return Visitor(contact: contact, device: known)
    }
    // An id that the browser has and no device: of a contact that was deleted, or not made yet.
    let claim =
      known == nil ? request.deviceIDs.first ?? request.claim : DeviceTrackingStore.makeID()
    let device = try await DeviceTrackingStore.ensure(
      agent, of: contact, claiming: claim, in: transaction)
    return Visitor(contact: contact, device: device)
  }
}

extension VisitRequest {
  /// The ids of devices that the browser sends, that of the parameter first.
  var deviceIDs: [String] {
    var ids: [String] = []
    for id in [parameters["mautic_device_id"], cookies["mautic_device_id"], assigned] {
      if let id, DeviceTrackingStore.isID(id), !ids.contains(id) { ids.append(id) }
    }
    return ids
  }

  /// The id that was sent in a cookie while the database was away.
  private var assigned: String? { isDeferred && sender == nil ? claim : nil }

  /// The contact that an old cookie or parameter names.
  var oldContact: Int64? {
    if let session = cookies["mautic_session_id"],
      let id = cookies["mautic_session_\(session)"] ?? cookies[session]
    {
      return Int64(id)
    }
    return parameters["mtc_id"].flatMap { Int64($0) }
  }
}

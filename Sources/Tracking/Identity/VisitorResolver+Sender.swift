import Contacts
import Fields
import JobQueue
import Postgres

/// Who a message of an app or a server is about (tracking.md 20).
extension VisitorResolver {
  /// The visitor of a message that changes nothing, from memory: its user's contact, and the browser's too.
  func known(_ sender: VisitSender, _ agent: DeviceDescription?) async throws -> Visitor? {
    var found: KnownIdentity?
    for identity in sender.identities {
      guard let known = try await identities.find(identity.key) else { return nil }
      // The browser is another contact's: this message changes that.
      if let found, found.contact != known.contact { return nil }
      found = KnownIdentity(contact: known.contact, device: found?.device ?? known.device)
    }
    guard let found, let device = found.device, agent == nil || device.matches(agent) else {
      return nil
    }
    return Visitor(contact: found.contact, device: device)
  }

  /// Adds to a visit what is known of the sender's ids.
  func add(
    _ sender: VisitSender, to visit: inout ContactVisit, on connection: PostgresConnection
  ) async throws {
    let previous = sender.previousIdentities
    let found = try await IdentityStore.find(sender.identities + previous, on: connection)
    func contact(_ kind: VisitIdentity.Kind, _ value: String?) -> Int64? {
      value.flatMap { found[VisitIdentity(kind: kind, value: $0).key]?.contact }
    }
    visit.named = contact(.user, sender.user)
    if sender.previous != nil {
      visit.tracked = contact(.user, sender.previous) ?? contact(.anonymous, sender.previous)
      visit.isSamePerson = sender.isTrusted
      return
    }
    visit.tracked = contact(.anonymous, sender.anonymous) ?? visit.tracked
    // Two users at one browser stay two, even if nothing else is known of them.
    if let user = sender.user, let tracked = visit.tracked, tracked != visit.named,
      try await IdentityStore.isAnother(than: user, tracked, on: connection)
    {
      visit.tracked = nil
    }
  }

  /// The device that the sender's ids were last seen with.
  func device(of sender: VisitSender, on connection: PostgresConnection) async throws
    -> TrackedDevice?
  {
    let found = try await IdentityStore.find(sender.identities, on: connection)
    return sender.identities.lazy.compactMap { found[$0.key]?.device }.first
  }

  /// Notes whom the sender's ids stand for from now on.
  func note(_ sender: VisitSender, as visitor: Visitor, in transaction: Transaction) async throws {
    var identities = sender.identities
    if let previous = sender.previous {
      // One that stands for a contact already was merged with it, or is somebody else's.
      let found = try await IdentityStore.find(
        sender.previousIdentities, on: transaction.connection)
      if found.isEmpty { identities.append(VisitIdentity(kind: .anonymous, value: previous)) }
    }
    try await IdentityStore.put(identities, for: visitor, in: transaction)
  }

  /// Forgets or remembers what a transaction of this process has found.
  func noteCommitted(_ sender: VisitSender, _ visitor: Visitor) {
    for identity in sender.previousIdentities { identities.note(identity.key, nil) }
    for identity in sender.identities {
      identities.note(
        identity.key, KnownIdentity(contact: visitor.contact, device: visitor.device))
    }
  }
}

extension VisitSender {
  /// What the previous id may be.
  var previousIdentities: [VisitIdentity] {
    guard let previous else { return [] }
    return [
      VisitIdentity(kind: .user, value: previous), VisitIdentity(kind: .anonymous, value: previous),
    ]
  }
}

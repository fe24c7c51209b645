package import Contacts
package import Foundation
package import JobQueue
package import Postgres
import Primitives

/// Visitors who send a form (tracking.md 12). Whose the submission is decide its values first; the browser goes where it
/// goes, in the transaction of the submission.
extension VisitorResolver {
  /// Whether a submission is tracked, and as from which address.
  private func verdict(
    _ request: VisitRequest
  ) async throws -> (AddressRules.Verdict, DeviceDescription?, TrackingSettings) {
    let settings = try await settings.current()
    let agent = agents.read(request, excluding: settings.excludedAgents)
    let verdict = AddressRules(settings: settings).verdict(
      request, isExcludedAgent: agent.isExcluded)
    return (verdict, agent.device, settings)
  }

  /// Returns the device as which a browser is tracked, without changing anything; nil for one that nobody knows.
  ///
  /// - Throws: An error if the database could not be asked (``isAway(_:)``).
  package func knownDevice(of request: VisitRequest) async throws -> TrackedDevice? {
    guard !request.deviceIDs.isEmpty, case (.full, _, _) = try await verdict(request) else {
      return nil
    }
    return try await device(of: request)
  }

  /// Whether nothing in a request tells who its visitor is, so that a submission of a new contact is known to be of a
  /// new visitor.
  package func namesNobody(_ request: VisitRequest) async throws -> Bool {
    let settings = try await settings.current()
    return request.deviceIDs.isEmpty && request.oldContact == nil && !settings.tracksByAddress
  }

  /// The address that may be stored with a submission; nil for none.
  package func storedAddress(of request: VisitRequest) async throws -> String? {
    let (verdict, _, settings) = try await verdict(request)
    guard !settings.anonymizesAddresses else { return nil }
    return switch verdict {
    case .full(let address): address
    case .anonymous: nil
    // It is a submission all the same.
    case .none: IPAddressText.isValid(request.address) ? request.address : nil
    }
  }

  /// Returns what is known of the visitor of a submission, while no other transaction makes a visitor of the browser.
  ///
  /// - Throws: `PostgresError`.
  package func visit(
    of request: VisitRequest, in transaction: Transaction
  ) async throws -> ContactVisit {
    guard case (.full(let address), _, let settings) = try await verdict(request) else {
      return ContactVisit()
    }
    return try await visit(of: request, from: address, settings, in: transaction)
  }

  /// Gives a contact the browser of a submission. The caller has locked the contact's row.
  ///
  /// - Returns: The visitor, with the device; nil if nobody is to be tracked.
  /// - Throws: `PostgresError`.
  package func adopt(
    _ contact: Int64, _ request: VisitRequest, in transaction: Transaction
  ) async throws -> Visitor? {
    guard case (.full, let agent, _) = try await verdict(request) else { return nil }
    let known = try await tracked(request, in: transaction)
    let visitor = try await visitor(contact, request, agent, known, in: transaction)
    let (devices, ids) = (devices, request.deviceIDs)
    transaction.afterCommit {
      for id in ids { devices.note(id, nil) }
      devices.note(visitor.device.trackingID, visitor.device)
    }
    return visitor
  }

  /// The browsers of submissions that are stored together.
  package struct Introduction: Sendable {
    /// The id of the device of each, nil for one who is not tracked.
    package var ids: [String?] = []
    /// The contacts that have a device more.
    package var owners: Set<Int64> = []
    /// The statements that write the devices.
    package var statements: [SQL] = []
  }

  /// Returns the query for the devices that contacts have already; ``introduce(_:known:now:)`` reads its rows. The
  /// contacts' rows are locked.
  ///
  /// - Parameter contacts: The contacts with their requests.
  /// - Returns: The query; nil if nobody is to be tracked.
  package func devices(of contacts: [(contact: Int64, request: VisitRequest)]) async throws -> SQL?
  {
    var devices: Set<DeviceTrackingStore.Owned> = []
    for (contact, request) in contacts {
      guard case (.full, let agent, _) = try await verdict(request) else { continue }
      devices.insert(.init(agent, of: contact))
    }
    return devices.isEmpty ? nil : DeviceTrackingStore.query(devices)
  }

  /// Gives contacts the browsers of their submissions, which nobody knows (``namesNobody(_:)``).
  ///
  /// - Parameters:
  ///   - contacts: The contacts, which are new or locked, with their requests, each with an id for its device.
  ///   - rows: What the query of ``devices(of:)`` found of those that are not new.
  ///   - now: The instant.
  package func introduce(
    _ contacts: [(contact: Int64, request: VisitRequest)], known rows: PostgresRows?, now: Date
  ) async throws -> Introduction {
    var known = try rows.map(DeviceTrackingStore.known) ?? [:]
    var result = Introduction()
    var new: [(contact: Int64, description: DeviceDescription?, trackingID: String)] = []
    var named: [(id: Int64, trackingID: String)] = []
    for (contact, request) in contacts {
      guard case (.full, let agent, _) = try await verdict(request) else {
        result.ids.append(nil)
        continue
      }
      let device = DeviceTrackingStore.Owned(agent, of: contact)
      let id = known[device]?.trackingID ?? request.claim
      result.ids.append(id)
      if let stored = known[device] {
        // One that was recorded otherwise, such as with UTM tags, was never tracked.
        if stored.trackingID == nil { named.append((stored.id, id)) }
      } else {
        new.append((contact, agent, id))
        result.owners.insert(contact)
      }
      // Another submission of the batch may come from the same.
      known[device] = (known[device]?.id ?? 0, id)
    }
    if !new.isEmpty { result.statements.append(try DeviceTrackingStore.insertion(new, now: now)) }
    if let naming = DeviceTrackingStore.naming(named) { result.statements.append(naming) }
    return result
  }
}

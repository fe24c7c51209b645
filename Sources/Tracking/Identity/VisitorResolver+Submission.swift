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

  /// Gives new contacts the browsers of their submissions, which nobody knows (``namesNobody(_:)``).
  ///
  /// - Parameters:
  ///   - contacts: The contacts with their requests, each with an id for its device.
  ///   - now: The instant.
  /// - Returns: The id of the device of each, nil for one who is not tracked; and the statement that writes the devices.
  package func introduce(
    _ contacts: [(contact: Int64, request: VisitRequest)], now: Date
  ) async throws -> (ids: [String?], statement: SQL?) {
    var ids: [String?] = []
    var devices: [(contact: Int64, description: DeviceDescription?, trackingID: String)] = []
    for (contact, request) in contacts {
      guard case (.full, let agent, _) = try await verdict(request) else {
        ids.append(nil)
        continue
      }
      ids.append(request.claim)
      devices.append((contact, agent, request.claim))
    }
    guard !devices.isEmpty else { return (ids, nil) }
    return (ids, try DeviceTrackingStore.insertion(devices, now: now))
  }
}

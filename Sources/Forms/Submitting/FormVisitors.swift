package import Contacts
package import Foundation
package import JobQueue
package import Postgres
import Primitives

/// Knows the visitors of websites: tracking, where there is any.
package protocol FormVisitors: Sendable {
  /// Returns the contact as whom a browser is tracked, without changing anything; nil for an unknown one.
  func contact(of visit: FormVisit) async throws -> Int64?

  /// Whether nothing in a request tells who its visitor is.
  func namesNobody(_ visit: FormVisit) async throws -> Bool

  /// The address that may be stored with a submission; nil for none.
  func storedAddress(of visit: FormVisit) async throws -> String?

  /// Returns what is known of the visitor, in the transaction of the submission, while no other makes a visitor of the
  /// browser.
  func find(_ visit: FormVisit, in transaction: Transaction) async throws -> ContactVisit

  /// Gives the contact of a submission, whose row is locked, the browser that sent it.
  ///
  /// - Returns: The visitor; nil if nobody is to be tracked.
  func adopt(
    _ contact: Int64, _ visit: FormVisit, in transaction: Transaction
  ) async throws -> FormVisitor?

  /// Returns the query for the devices that contacts have already, whose rows are locked when it is run; nil if there is
  /// nothing to ask for.
  func devices(of contacts: [(contact: Int64, visit: FormVisit)]) async throws -> SQL?

  /// Gives contacts the browsers that sent their submissions, which nobody knows.
  ///
  /// - Parameters:
  ///   - contacts: The contacts, which are new or locked.
  ///   - rows: What the query of ``devices(of:)`` found of those that are not new.
  ///   - now: The instant of new records.
  func introduce(
    _ contacts: [(contact: Int64, visit: FormVisit)], known rows: PostgresRows?, now: Date
  ) async throws -> FormIntroduction
}

/// The browsers of submissions that are stored together.
package struct FormIntroduction: Sendable {
  /// The id of the device of each contact; nil for one who is not tracked.
  package var devices: [String?]
  /// The contacts that have a device more.
  package var owners: Set<Int64>
  /// The statements that write the devices.
  package var statements: [SQL]

  package init(devices: [String?], owners: Set<Int64> = [], statements: [SQL] = []) {
    self.devices = devices
    self.owners = owners
    self.statements = statements
  }
}

/// What a request tells of the browser that sent it.
package struct FormVisit: Sendable, Equatable {
  /// The values of cookies by name.
  package var cookies: [String: String]
  /// The id of the device that the script sent, if any.
  package var device: String?
  /// The contact that an old script sent, if any.
  package var contact: String?
  /// The client's address.
  package var address: String
  /// The user agent.
  package var agent: String?
  /// What headers beside the agent say of the browser, by name.
  package var hints: [String: String]
  /// Whether it comes from a logged-in user, who is never tracked.
  package var isByUser: Bool
  /// Whether the browser says that its user does not want to be tracked.
  package var hasPrivacySignal: Bool
  /// The id for a device that is new.
  package var claim: String

  package init(
    cookies: [String: String] = [:], device: String? = nil, contact: String? = nil,
    address: String, agent: String? = nil, hints: [String: String] = [:], isByUser: Bool = false,
    hasPrivacySignal: Bool = false, claim: String = ""
  ) {
    self.cookies = cookies
    self.device = device
    self.contact = contact
    self.address = address
    self.agent = agent
    self.hints = hints
    self.isByUser = isByUser
    self.hasPrivacySignal = hasPrivacySignal
    self.claim = claim
  }
}

/// A browser that is tracked.
package struct FormVisitor: Sendable, Equatable {
  /// The contact as whom it is tracked.
  package var contact: Int64
  /// The id of its device.
  package var trackingID: String

  package init(contact: Int64, trackingID: String) {
    self.contact = contact
    self.trackingID = trackingID
  }
}

/// No tracking: a submission is known by what is filled in alone.
package struct UntrackedVisitors: FormVisitors {
  package init() {}

  package func contact(of visit: FormVisit) async throws -> Int64? { nil }

  package func namesNobody(_ visit: FormVisit) async throws -> Bool { true }

  package func storedAddress(of visit: FormVisit) async throws -> String? {
    IPAddressText.isValid(visit.address) ? visit.address : nil
  }

  package func find(
    _ visit: FormVisit, in transaction: Transaction
  ) async throws -> ContactVisit { ContactVisit() }

  package func adopt(
    _ contact: Int64, _ visit: FormVisit, in transaction: Transaction
  ) async throws -> FormVisitor? { nil }

  package func devices(of contacts: [(contact: Int64, visit: FormVisit)]) async throws -> SQL? {
    nil
  }

  package func introduce(
    _ contacts: [(contact: Int64, visit: FormVisit)], known rows: PostgresRows?, now: Date
  ) async throws -> FormIntroduction {
    FormIntroduction(devices: [String?](repeating: nil, count: contacts.count))
  }
}

package import Fields
import Foundation
package import JobQueue
package import Postgres
package import Users

/// Something that can be done with many contacts at once. Other modules add theirs, such as campaigns.
package protocol BulkAction: Sendable {
  /// The name on the wire.
  var name: String { get }

  /// Reads and checks what a request asks for; called when it is made, and again by its job.
  ///
  /// - Throws: ``InvalidInput``, or the database's error.
  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect
}

/// The effect of an action on contacts.
package protocol BulkEffect: Sendable {
  /// Whether contacts are deleted: at most ``BulkActions/deletionLimit`` at once (CON-90), and those who
  /// evaluate segments are waited for.
  var deletes: Bool { get }

  /// Does it with contacts that exist; their rows are locked in the order of their numbers. A fixed
  /// number of statements, whatever their count.
  ///
  /// - Returns: Those to which something happened.
  /// - Throws: ``InvalidInput`` where what is named has been deleted since, or the database's error.
  func apply(to contacts: [Int64], _ scene: BulkContext) async throws -> Set<Int64>
}

extension BulkEffect {
  /// Most do not.
  package var deletes: Bool { false }
}

/// On whose account something is done with contacts, and the transaction that does it.
package struct BulkContext: Sendable {
  /// The author of the request.
  package var author: Author
  /// The definitions of fields.
  package var fields: FieldSet
  package var companies: CompanyRules
  package var transaction: Transaction
}

/// The actions that there are.
package struct BulkActions: Sendable {
  /// No more contacts are deleted at once (CON-90).
  package static let deletionLimit = 100

  private let byName: [String: any BulkAction]

  /// The actions of this module and others.
  package init(_ others: [any BulkAction] = []) {
    let own: [any BulkAction] = [
      CategoriesBulkAction(), ChannelsBulkAction(), OwnerBulkAction(), StageBulkAction(),
      TagsBulkAction(), CompaniesBulkAction(), DoNotContactBulkAction(), PointsBulkAction(),
      DeletionBulkAction(),
    ]
    byName = Dictionary(
      (own + others).map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
  }

  /// The action of a request.
  ///
  /// - Throws: ``InvalidInput`` naming those that there are.
  func action(_ request: BulkRequest) throws(InvalidInput) -> any BulkAction {
    guard let action = byName[request.action] else {
      let names = byName.keys.sorted().joined(separator: ", ")
      throw InvalidInput("action", "\(InvalidInput.shown(request.action)) is none of \(names)")
    }
    return action
  }

  /// Checks a request as a whole.
  ///
  /// - Returns: The effect.
  /// - Throws: ``InvalidInput``, or the database's error.
  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect {
    let action = try action(request)
    try request.checkSelection()
    return try await action.prepare(request, on: connection)
  }
}

/// A check that records exist.
package enum Existing {
  /// - Throws: ``InvalidInput`` naming those that do not.
  package static func require(
    _ ids: [Int64], in table: StaticString, _ member: String, _ noun: String,
    on connection: PostgresConnection
  ) async throws {
    guard !ids.isEmpty else { return }
    let rows = try await connection.query(
      "SELECT id FROM \(literal: table) WHERE id = ANY (\(ids))")
    let found = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    let missing = ids.filter { !found.contains($0) }
    guard missing.isEmpty else {
      let numbers = missing.map(String.init).joined(separator: ", ")
      throw InvalidInput(member, "there is no \(noun) \(numbers)")
    }
  }
}

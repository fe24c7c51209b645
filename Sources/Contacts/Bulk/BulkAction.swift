package import Fields
import Foundation
package import JobQueue
package import Postgres
package import Users

/// An action on many contacts at once. Other modules add theirs, such as campaigns.
package protocol BulkAction: Sendable {
  /// The name on the wire.
  var name: String { get }

  /// Reads and checks a request; called when the request is made, and again by its job.
  ///
  /// - Throws: ``InvalidInput``, or an error of the database.
  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect
}

/// The effect of an action on contacts.
package protocol BulkEffect: Sendable {
  /// Whether contacts are deleted: at most ``BulkActions/deletionLimit`` at once (CON-90), after
  /// waiting for segment evaluations.
  var deletes: Bool { get }

  /// Applies the effect to existing contacts, whose rows are locked in the order of their ids, with
  /// a fixed number of statements.
  ///
  /// - Returns: The contacts that changed.
  /// - Throws: ``InvalidInput`` if a named record has been deleted since, or an error of the
  ///   database.
  func apply(to contacts: [Int64], _ context: BulkContext) async throws -> Set<Int64>
}

extension BulkEffect {
  /// False; most effects do not delete.
  package var deletes: Bool { false }
}

/// The author, the field definitions and the transaction of a bulk action.
package struct BulkContext: Sendable {
  /// The author of the request.
  package var author: Author
  /// The field definitions.
  package var fields: FieldSet
  package var companies: CompanyRules
  package var transaction: Transaction
}

/// The available bulk actions.
package struct BulkActions: Sendable {
  /// The maximum number of contacts deleted at once (CON-90).
  package static let deletionLimit = 100

  private let byName: [String: any BulkAction]

  /// Creates the actions of this module and others.
  package init(_ others: [any BulkAction] = []) {
    let own: [any BulkAction] = [
      CategoriesBulkAction(), ChannelsBulkAction(), OwnerBulkAction(), StageBulkAction(),
      TagsBulkAction(), CompaniesBulkAction(), DoNotContactBulkAction(), PointsBulkAction(),
      DeletionBulkAction(),
    ]
    byName = Dictionary(
      (own + others).map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
  }

  /// Returns the action of a request.
  ///
  /// - Throws: ``InvalidInput`` that lists the available ones.
  func action(_ request: BulkRequest) throws(InvalidInput) -> any BulkAction {
    guard let action = byName[request.action] else {
      let names = byName.keys.sorted().joined(separator: ", ")
      throw InvalidInput("action", "\(InvalidInput.shown(request.action)) is none of \(names)")
    }
    return action
  }

  /// Checks a whole request.
  ///
  /// - Returns: The effect.
  /// - Throws: ``InvalidInput``, or an error of the database.
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
  /// - Throws: ``InvalidInput`` that lists the missing ones.
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

extension BulkRequest {
  /// Returns the ids of the records to add and to remove. There is at least one, and all of them exist.
  ///
  /// - Throws: ``InvalidInput``.
  package func records(
    in table: StaticString, _ noun: String, on connection: PostgresConnection
  ) async throws -> (add: [Int64], remove: [Int64]) {
    let ids = (add: try numbers(add, "add"), remove: try numbers(remove, "remove"))
    try require(!ids.add.isEmpty || !ids.remove.isEmpty)
    try await Existing.require(ids.add, in: table, "add", noun, on: connection)
    try await Existing.require(ids.remove, in: table, "remove", noun, on: connection)
    return ids
  }
}

import Contacts
package import Foundation
import Postgres
import Primitives

/// The common part of point actions and point triggers, which count while they are in use (PTS-13).
package struct Rule: Sendable, Equatable, Published {
  package var name: String
  /// The description.
  package var description: String?
  /// The category it is filed under.
  package var category: Int64?
  /// The group whose score counts; `nil` for the points of contacts.
  package var group: Int64?
  /// The instant from which it is in use.
  package var publishUp: Date?
  /// The instant until which it is in use.
  package var publishDown: Date?
  /// Whether it is published.
  package var isPublished: Bool
}

/// The input for a rule; `nil` leaves a value as it is.
package struct RuleInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// The description; an empty text removes it.
  package var description: String?
  /// The category; `.some(nil)` for none.
  package var category: Int64??
  /// The group whose score counts; `.some(nil)` for none.
  package var group: Int64??
  /// The instant from which it is in use; `.some(nil)` for always.
  package var publishUp: Date??
  /// The instant until which it is in use; `.some(nil)` for no end.
  package var publishDown: Date??
  /// Whether it is published.
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}

  /// Returns the rule with the given values; the rest are defaults if there was no rule before or everything is
  /// replaced.
  ///
  /// - Throws: `InvalidInput`, `UnknownCategory`.
  func applied(to before: Rule?, replacing: Bool, on connection: PostgresConnection) async throws
    -> Rule
  {
    var rule =
      before ?? Rule(name: "", isPublished: true)
    if replacing { rule = Rule(name: "", isPublished: true) }
    if replacing || before == nil || name != nil { rule.name = try RecordText.name(name, "name") }
    if let description {
      rule.description = try RecordText.optional(description, "description", html: true)
    }
    rule.category = category ?? rule.category
    rule.group = group ?? rule.group
    rule.publishUp = publishUp ?? rule.publishUp
    rule.publishDown = publishDown ?? rule.publishDown
    rule.isPublished = isPublished ?? rule.isPublished
    if let category = rule.category {
      try await CategoryStore.require([category], on: connection)
    }
    if let group = rule.group { try await PointGroupStore.require(group, on: connection) }
    return rule
  }
}

extension Rule {
  init(name: String, isPublished: Bool) {
    self.name = name
    self.isPublished = isPublished
  }

  static let columns: SQL =
    "name, description, category_id, group_id, publish_up, publish_down, is_published"

  init(_ row: PostgresRow) throws {
    name = try row.decode("name")
    description = try row.decode("description")
    category = try row.decode("category_id")
    group = try row.decode("group_id")
    publishUp = try row.decode("publish_up")
    publishDown = try row.decode("publish_down")
    isPublished = try row.decode("is_published")
  }

  /// The values of ``columns``.
  var values: SQL {
    """
    \(name), \(description)::text, \(category)::bigint, \(group)::bigint,
      \(publishUp)::timestamptz, \(publishDown)::timestamptz, \(isPublished)
    """
  }

  /// The members by name, for the audit log.
  var members: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)), ("description", JSONValue(description)),
      ("category", JSONValue(category)), ("group", JSONValue(group)),
      ("publishUp", JSONValue(publishUp)), ("publishDown", JSONValue(publishDown)),
      ("isPublished", .boolean(isPublished)),
    ]
  }
}

/// The categories and groups that rules name, read in a statement for each kind.
struct RuleNames {
  private let categories: [Int64: Category]
  private let groups: [Int64: PointGroup]

  static func load(_ rules: [Rule], on connection: PostgresConnection) async throws -> RuleNames {
    let categories = Set(rules.compactMap(\.category)).sorted()
    let ids = Set(rules.compactMap(\.group)).sorted()
    return RuleNames(
      categories: try await CategoryStore.categories(categories, on: connection),
      groups: try await PointGroupStore.groups(ids, on: connection))
  }

  func category(of rule: Rule) -> Category? { rule.category.flatMap { categories[$0] } }
  func group(of rule: Rule) -> PointGroup? { rule.group.flatMap { groups[$0] } }
}

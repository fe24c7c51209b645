package import Fields
package import Postgres
package import Primitives
package import Query

/// Returns a query for the ids of a segment's members.
package typealias SegmentQuery = @Sendable (_ segment: Int64) -> SQL

/// A selection of contacts for exports, bulk actions and lists. Its parts are joined by AND;
/// without any it selects all contacts.
package struct ContactSelection: Sendable, Equatable, Codable {
  /// A search (contacts.md 11).
  package var search: String?
  /// Conditions (`where`, api.md 6).
  package var conditions: JSONValue?
  /// The ids of the contacts.
  package var ids: [Int64]?
  /// The id of a segment whose active members are selected.
  package var segment: Int64?
  /// Whether only published contacts are selected.
  package var publishedOnly: Bool
  /// Whether anonymous visitors are excluded unless the search asks for them by `is:anonymous`
  /// (CON-113, EXP-06).
  package var leavesVisitorsOut: Bool
  /// The user whose contacts alone are selected, whatever else selects: one who may do this with no others' (CON-91, EXP-06).
  package var owner: Int64?

  package init(
    search: String? = nil, where conditions: JSONValue? = nil, ids: [Int64]? = nil,
    segment: Int64? = nil, publishedOnly: Bool = false, leavesVisitorsOut: Bool = false
  ) {
    self.search = search
    self.conditions = conditions
    self.ids = ids
    self.segment = segment
    self.publishedOnly = publishedOnly
    self.leavesVisitorsOut = leavesVisitorsOut
  }

  enum CodingKeys: String, CodingKey {
    case search
    case conditions = "where"
    case ids, segment, publishedOnly, leavesVisitorsOut, owner
  }

  /// Returns the selection as a condition on the table `contacts` by that name; `true` or `false`,
  /// never null where it matters.
  ///
  /// - Parameters:
  ///   - fields: The field definitions.
  ///   - user: The id of the requesting user, for `is:mine`.
  ///   - commands: The search commands of other modules.
  ///   - segments: The query for the members of a segment, from the module of segments.
  /// - Throws: ``QueryError``.
  package func condition(
    fields: FieldSet, user: Int64, commands: [String: SearchCommand],
    segments: SegmentQuery
  ) throws(QueryError) -> SQL {
    var parts: [SQL] = []
    if let owner { parts.append("contacts.owner_id = \(owner)") }
    if let ids { parts.append("contacts.id = ANY (\(ids))") }
    if let segment {
      parts.append("contacts.id IN (\(sql: segments(segment)))")
    }
    if let search { try SearchTerm.requireValues(search) }
    let request = ListRequest(
      search: search, where: conditions, publishedOnly: publishedOnly, user: user)
    parts.append(try ListQuery.contacts(fields, commands: commands).condition(request))
    if leavesVisitorsOut, try !asksForVisitors {
      parts.append("contacts.date_identified IS NOT NULL")
    }
    return parts.joined(separator: " AND ")
  }

  /// Whether the selection has a criterion other than ids.
  var hasCondition: Bool { search != nil || conditions != nil || segment != nil }

  /// Returns the selection without a search and conditions that restrict nothing.
  ///
  /// - Throws: ``QueryError``.
  func withoutBlanks(fields: FieldSet, user: Int64) throws(QueryError) -> ContactSelection {
    var selection = self
    if conditions?.text?.trimmingBlanks() == "" { selection.conditions = nil }
    let list = ListQuery.contacts(fields)
    if try list.limits(ListRequest(search: search, user: user)) == nil { selection.search = nil }
    if try list.limits(ListRequest(where: selection.conditions, user: user)) == nil {
      selection.conditions = nil
    }
    return selection
  }

  private var asksForVisitors: Bool {
    get throws(QueryError) {
      guard let search, let term = try SearchTerm.parse(search) else { return false }
      return term.asks(for: "is", "anonymous")
    }
  }
}

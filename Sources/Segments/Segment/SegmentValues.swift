import Contacts
import Postgres
import Primitives

/// The checked values of a segment.
struct SegmentValues: Sendable, Equatable {
  var name: String
  var publicName: String
  var alias: String
  var description: String?
  var category: Int64?
  var isPublished: Bool
  var isGlobal: Bool
  var isPreferenceCenter: Bool
  var filters: JSONValue
  var filtersEdited: Bool

  /// Creates the values of an existing segment.
  init(_ segment: Segment) {
    name = segment.name
    publicName = segment.publicName
    alias = segment.alias
    description = segment.description
    category = segment.category?.id
    isPublished = segment.isPublished
    isGlobal = segment.isGlobal
    isPreferenceCenter = segment.isPreferenceCenter
    filters = segment.filters
    filtersEdited = segment.filtersEdited
  }

  private init() {
    name = ""
    publicName = ""
    alias = ""
    isPublished = true
    isGlobal = true
    isPreferenceCenter = false
    filters = .array([])
    filtersEdited = false
  }

  /// Merges the given values into the old ones and checks them (segments.md 11).
  ///
  /// - Throws: `SegmentError.invalid` with all problems, `UnknownCategory`.
  static func make(
    _ input: SegmentInput, from old: Segment?, _ check: SegmentCheck,
    on connection: PostgresConnection
  ) async throws -> SegmentValues {
    var values = old.map(SegmentValues.init) ?? SegmentValues()
    var problems: [SegmentProblem] = []
    if let text = input.name { values.name = check.text("name", text, &problems) }
    if values.name.isEmpty, problems.isEmpty {
      problems.append(SegmentProblem(member: "name", message: "A name is required."))
    }
    if let text = input.publicName {
      let publicName = check.text("publicName", text, &problems)
      values.publicName = publicName.isEmpty ? values.name : publicName
    }
    if let text = input.alias {
      values.alias = try await check.alias(text, name: values.name, &problems, on: connection)
    }
    if let description = input.description {
      let html = CleanText.html(description)
      values.description = html.isEmpty ? nil : html
    }
    if let category = input.category, category != values.category {
      try await CategoryStore.require(category.map { [$0] } ?? [], on: connection)
      values.category = category
    }
    values.isPublished = input.isPublished ?? values.isPublished
    values.isGlobal = input.isGlobal ?? values.isGlobal
    values.isPreferenceCenter = input.isPreferenceCenter ?? values.isPreferenceCenter
    if let filters = input.filters {
      values.filters = check.filters(filters, old: old?.filters, &problems)
      values.filtersEdited = old != nil
    }
    guard problems.isEmpty else { throw SegmentError.invalid(problems) }
    return values
  }

  /// Returns the old and new value of each changed member (CON-12).
  func changes(from old: SegmentValues?) -> JSONValue {
    let before = old?.members ?? [:]
    var changes: [String: JSONValue] = [:]
    for (name, value) in members where before[name] != value {
      changes[name] = .array([before[name] ?? .null, value])
    }
    return .object(changes)
  }

  private var members: [String: JSONValue] {
    [
      "name": .string(name), "publicName": .string(publicName), "alias": .string(alias),
      "description": description.map(JSONValue.string) ?? .null,
      "category": category.map(JSONValue.integer) ?? .null,
      "isPublished": .boolean(isPublished), "isGlobal": .boolean(isGlobal),
      "isPreferenceCenter": .boolean(isPreferenceCenter), "filters": filters,
    ]
  }
}

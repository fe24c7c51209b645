import Contacts
import Fields
import Hummingbird
import Segments
import UserAgents

/// What builders of segments need (API page, 8.3, marked as ours): the filters that there are, and why a segment holds a
/// contact.
struct SegmentFilterRoutes: Sendable {
  let editor: SegmentEditor

  var routes: [Route] {
    [
      Route(.get, "/api/segments/filters", needs: .on(.segments, .view)) { _ in
        try await list()
      }.described(
        "The filters of segments, with their operators and values",
        answer: "sections:list lookups:object"),
      Route(
        .get, "/api/segments/{id}/contact/{cid}/why",
        needs: .on(.segment, .view).and(.on(.contact, .view, "cid"))
      ) { try await why($0) }.described(
        "Why a segment holds a contact, or does not",
        answer: """
          isMember:truth matches:truth isExcludedVisitor:truth dateAdded:date? manuallyAdded:truth \
          manuallyRemoved:truth groups:list
          """),
    ]
  }

  private func list() async throws -> APIResponse {
    let offered = try await editor.offeredFilters()
    let sections = FilterSection.allCases.compactMap { section -> JSONValue? in
      let filters = offered.filter { $0.section == section }
      return filters.isEmpty
        ? nil
        : [
          "key": .string(section.rawValue), "label": .string(section.label),
          "filters": .array(filters.map(JSONValue.init)),
        ]
    }
    return APIResponse(json: [
      "sections": .array(sections), "lookups": .object(Self.lookups),
    ])
  }

  /// The values of filters, by type: a list, or the path that finds them.
  private static let lookups: JSONObject = {
    var lookups = JSONObject(
      FilterLookup.allCases.compactMap { lookup in
        lookup.values.map { (lookup.rawValue, $0) }
      })
    let lists: [(FieldType, [String])] = [
      (.country, CountryOptions.all.map(\.value)), (.timezone, ValueList.timeZones.names),
      (.locale, ValueList.locales.names),
    ]
    for (type, values) in lists { lookups.append(type.rawValue, JSONValue(choices: values)) }
    return lookups
  }()

  private func why(_ request: APIRequest) async throws -> APIResponse {
    guard let contact = Int64(try request.pathText("cid")),
      let found = try await editor.explanation(
        of: contact, in: try request.id, by: try request.segmentActor)
    else { throw APIError.notFound }
    let groups = found.groups.map { group -> JSONValue in
      [
        "matches": .bool(group.allSatisfy { $0.matches == true }),
        "filters": .array(
          group.map {
            [
              "index": .int($0.index), "matches": $0.matches.map(JSONValue.bool) ?? .null,
              "error": JSONValue($0.error),
            ]
          }),
      ]
    }
    let membership = found.membership
    return APIResponse(json: [
      "isMember": .bool(membership.map { !$0.isBarred } ?? false),
      "matches": .bool(found.matches), "isExcludedVisitor": .bool(found.isExcludedVisitor),
      "dateAdded": JSONValue(membership?.dateAdded),
      "manuallyAdded": .bool(membership?.isPinned ?? false),
      "manuallyRemoved": .bool(membership?.isBarred ?? false), "groups": .array(groups),
    ])
  }
}

extension JSONValue {
  /// A filter that is offered.
  fileprivate init(_ filter: OfferedFilter) {
    var object: JSONObject = [
      "field": .string(filter.field), "object": .string(filter.object.rawValue),
      "type": .string(filter.type), "kind": .string(filter.kind.rawValue),
      "label": .string(filter.label),
      "operators": .array(
        filter.operators.map {
          ["operator": .string($0.rawValue), "label": .string($0.label(for: filter.kind))]
        }),
    ]
    if !filter.choices.isEmpty {
      object.append(
        "choices",
        .array(filter.choices.map { ["value": .string($0.value), "label": .string($0.label)] }))
    }
    if !filter.refinements.isEmpty {
      object.append(
        "properties",
        .array(
          filter.refinements.map {
            [
              "name": .string($0.name), "label": .string($0.label), "isNumber": .bool($0.isNumber),
            ]
          }))
    }
    self = .object(object)
  }

  /// A closed list of values.
  fileprivate init(choices values: [String]) {
    self = ["choices": .array(values.map { ["value": .string($0), "label": .string($0)] })]
  }

  /// The path of a list that is searched, the member with what it finds, and the members of a record.
  fileprivate init(path: String, member: String?, label: [String], search: String = "search") {
    self = [
      "path": .string(path), "member": JSONValue(member), "value": "id",
      "label": .array(label.map(JSONValue.string)), "search": .string(search),
    ]
  }
}

extension FilterLookup {
  /// Where the values are; nil where they are typed.
  fileprivate var values: JSONValue? {
    switch self {
    case .segments: JSONValue(path: "/api/segments", member: "lists", label: ["name"])
    case .tags: JSONValue(path: "/api/tags", member: "tags", label: ["tag"])
    case .owners:
      JSONValue(
        path: "/api/contacts/list/owners", member: nil, label: ["firstName", "lastName"],
        search: "filter")
    case .stages: JSONValue(path: "/api/stages", member: "stages", label: ["name"])
    case .categories: JSONValue(path: "/api/categories", member: "categories", label: ["title"])
    case .campaigns: JSONValue(path: "/api/campaigns", member: "campaigns", label: ["name"])
    case .emails: JSONValue(path: "/api/emails", member: "emails", label: ["name"])
    case .assets: JSONValue(path: "/api/assets", member: "assets", label: ["title"])
    case .deviceTypes: JSONValue(choices: AgentDeviceKind.allCases.map(\.rawValue))
    case .deviceBrands, .deviceSystems: nil
    }
  }
}

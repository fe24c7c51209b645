import Contacts
import Postgres
import Primitives

extension ReportValues {
  /// Applies an input to the values that there are; whether the source has the columns is checked by the store.
  ///
  /// - Throws: `InvalidInput`.
  package init(_ input: ReportInput, before: ReportValues?, replacing: Bool) throws {
    let kept = replacing ? nil : before
    self = kept ?? ReportValues()
    if kept == nil || input.name != nil { name = try RecordText.name(input.name, "name") }
    if let text = input.description {
      description = try RecordText.optional(text, "description", html: true)
    }
    if kept == nil || input.source != nil {
      source = try RecordText.name(input.source, "source")
    }
    isSystem = input.isSystem ?? isSystem
    isPublished = input.isPublished ?? isPublished
    if let given = input.columns {
      columns = try Self.names(given, "columns", most: ReportLimits.columns)
    }
    if let given = input.groupBy {
      groupBy = try Self.names(given, "groupBy", most: ReportLimits.parts)
    }
    if let given = input.graphs {
      graphs = try Self.names(given, "graphs", most: ReportLimits.columns)
    }
    if let given = input.filters { filters = try Self.filters(given) }
    if let given = input.order { order = try Self.order(given) }
    if let given = input.aggregators { aggregators = try Self.aggregators(given) }
    if let given = input.settings { settings = try Self.settings(given) }
    try schedule.apply(input)
  }

  private static func names(
    _ given: JSONValue, _ member: String, most: Int
  ) throws -> [String] {
    let items = try list(given, member, most: most)
    var names: [String] = []
    for (place, item) in items.enumerated() {
      let name = try self.name(item, "\(member)[\(place)]")
      guard !names.contains(name) else {
        throw InvalidInput(
          "\(member)[\(place)]", "\(InvalidInput.shown(name)) is named twice")
      }
      names.append(name)
    }
    return names
  }

  private static func filters(_ given: JSONValue) throws -> [ReportFilter] {
    try list(given, "filters", most: ReportLimits.filters).enumerated().map { place, item in
      let member = "filters[\(place)]"
      let condition = try word(
        ReportCondition.self, item["condition"], "\(member).condition", standard: .eq)
      let glue = item["glue"]?.text?.lowercased() ?? "and"
      guard ["and", "or"].contains(glue) else {
        throw InvalidInput(
          "\(member).glue", "\(InvalidInput.shown(glue)) is none of and, or")
      }
      let value = item["value"] ?? .null
      let values = value.elements ?? [value]
      guard values.count <= ReportLimits.values else {
        throw InvalidInput("\(member).value", "more than \(ReportLimits.values) values")
      }
      guard values.allSatisfy({ $0 == .null || $0.text != nil }) else {
        throw InvalidInput(
          "\(member).value", "must be a text, a number, a boolean or a list of these")
      }
      if let part = value.unstorable("\(member).value") {
        throw InvalidInput(part, "not valid text")
      }
      return ReportFilter(
        try name(item["column"], "\(member).column"), condition,
        condition.needsValue ? value : .null, beginsGroup: glue == "or")
    }
  }

  private static func order(_ given: JSONValue) throws -> [ReportOrder] {
    try list(given, "tableOrder", most: ReportLimits.parts).enumerated().map { place, item in
      let member = "tableOrder[\(place)]"
      let direction = item["direction"]?.text?.uppercased() ?? "ASC"
      guard ["ASC", "DESC"].contains(direction) else {
        throw InvalidInput(
          "\(member).direction", "\(InvalidInput.shown(direction)) is none of ASC, DESC")
      }
      return ReportOrder(
        try name(item["column"], "\(member).column"), isDescending: direction == "DESC")
    }
  }

  private static func aggregators(_ given: JSONValue) throws -> [ReportAggregator] {
    try list(given, "aggregators", most: ReportLimits.parts).enumerated().map { place, item in
      let member = "aggregators[\(place)]"
      return ReportAggregator(
        try word(ReportAggregator.Function.self, item["function"], "\(member).function"),
        try name(item["column"], "\(member).column"))
    }
  }

  private static func settings(_ given: JSONValue) throws -> JSONValue {
    if given == .null || given == .string("") || given.elements?.isEmpty == true {
      return .object([:])
    }
    guard case .object = given else { throw InvalidInput("settings", "must be an object") }
    guard try JSON(given).bytes.count <= ReportLimits.settings else {
      throw InvalidInput("settings", "more than 64 KiB")
    }
    if let part = given.unstorable("settings") { throw InvalidInput(part, "not valid text") }
    return given
  }

  // MARK: Parts

  private static func list(
    _ given: JSONValue, _ member: String, most: Int
  ) throws(InvalidInput) -> [JSONValue] {
    if given == .null || given == .string("") { return [] }
    guard let items = given.elements else { throw InvalidInput(member, "must be a list") }
    guard items.count <= most else { throw InvalidInput(member, "more than \(most) entries") }
    return items
  }

  private static func name(
    _ value: JSONValue?, _ member: String
  ) throws(InvalidInput) -> String {
    guard let text = value?.text, !text.isEmpty else {
      throw InvalidInput(member, "the name of a column is required")
    }
    guard text.unicodeScalars.count <= ReportLimits.name, !text.utf8.contains(0) else {
      throw InvalidInput(member, "\(InvalidInput.shown(text)) is no name of a column")
    }
    return text
  }

  private static func word<W: RawRepresentable<String> & CaseIterable>(
    _ type: W.Type, _ value: JSONValue?, _ member: String, standard: W? = nil
  ) throws(InvalidInput) -> W {
    let text = value?.text ?? ""
    if text.isEmpty, let standard { return standard }
    guard let word = W(rawValue: text) else {
      let known = W.allCases.map(\.rawValue).joined(separator: ", ")
      throw InvalidInput(member, "\(InvalidInput.shown(text)) is none of \(known)")
    }
    return word
  }
}

extension JSONValue {
  /// The values of a list, also of an object by position; nil for anything else.
  var elements: [JSONValue]? {
    switch self {
    case .array(let items): return items
    case .object(let members):
      let places = members.keys.compactMap(Int.init).sorted()
      guard places.count == members.count else { return nil }
      return places.compactMap { members[String($0)] }
    default: return nil
    }
  }
}

import Primitives

/// Tests whether an event of an app has a name and properties (`event.track`, CAM-432).
struct EventDecision: CampaignDecision {
  /// The maximum number of conditions.
  private static let limit = 20
  private static let name = "event"
  private static let prefix = "properties."

  /// The details of an engagement: the event's name, and its properties by path.
  static func details(_ event: String, _ properties: [String: String]) -> [String: String] {
    var details = [name: event]
    for (path, value) in properties { details[prefix + path] = value }
    return details
  }

  func matches(_ event: CampaignEvent, parent: CampaignEvent?, _ engagement: CampaignEngagement)
    -> Bool
  {
    let names = Self.patterns(event)
    let name = engagement.details[Self.name] ?? ""
    guard names.isEmpty || names.contains(where: { Wildcard.matches(name, $0) }) else {
      return false
    }
    return Self.conditions(event).allSatisfy { condition in
      guard let condition else { return false }
      return condition.holds(engagement.details[Self.prefix + condition.property])
    }
  }

  static let check: PropertyCheck = { event, check in
    check.optionalText("event")
    guard let sent = event.properties["conditions"], sent != .null else { return }
    guard case .array(let items) = sent, items.count <= limit else {
      return check.refuse("conditions", "is no list of at most \(limit) conditions")
    }
    for (place, item) in items.enumerated() where Condition(item) == nil {
      check.refuse(
        "conditions[\(place)]",
        "needs a property, one of the operators \(Condition.operators), and a value that it can compare"
      )
    }
  }

  private static func patterns(_ event: CampaignEvent) -> [String] {
    (event.properties["event"]?.text ?? "").split(separator: ",").map { $0.trimmingBlanks() }
      .filter { !$0.isEmpty }
  }

  private static func conditions(_ event: CampaignEvent) -> [Condition?] {
    guard case .array(let items)? = event.properties["conditions"] else { return [] }
    return items.map(Condition.init)
  }

  /// A comparison of one property.
  private struct Condition {
    enum Comparison: String, CaseIterable {
      case equal = "="
      case notEqual = "!="
      case greater = "gt"
      case greaterOrEqual = "gte"
      case less = "lt"
      case lessOrEqual = "lte"
      case like
      case empty
      case notEmpty = "!empty"

      var isOrder: Bool {
        switch self {
        case .greater, .greaterOrEqual, .less, .lessOrEqual: true
        case .equal, .notEqual, .like, .empty, .notEmpty: false
        }
      }
    }

    static var operators: String {
      Comparison.allCases.map(\.rawValue).joined(separator: ", ")
    }

    /// The path of the property, such as `product.name`.
    var property: String
    var comparison: Comparison
    var value: String

    init?(_ json: JSONValue) {
      guard let property = json["property"]?.text?.trimmingBlanks(), !property.isEmpty,
        let comparison = Comparison(rawValue: json["operator"]?.text ?? "=")
      else { return nil }
      self.property = property
      self.comparison = comparison
      value =
        if case .boolean(let truth)? = json["value"] {
          // As properties say it.
          truth ? "true" : "false"
        } else {
          json["value"]?.text ?? ""
        }
      if comparison.isOrder, Self.number(value) == nil { return nil }
      if comparison == .like || comparison == .equal, value.isEmpty { return nil }
    }

    /// Whether a property's value passes; one that is missing only passes what asks for that.
    func holds(_ present: String?) -> Bool {
      let present = present ?? ""
      switch comparison {
      case .equal: return isEqual(present)
      case .notEqual: return !isEqual(present)
      case .like: return Wildcard.matches(present, value)
      case .empty: return present.isEmpty
      case .notEmpty: return !present.isEmpty
      case .greater: return ordered(present) { $0 > $1 }
      case .greaterOrEqual: return ordered(present) { $0 >= $1 }
      case .less: return ordered(present) { $0 < $1 }
      case .lessOrEqual: return ordered(present) { $0 <= $1 }
      }
    }

    /// Numbers are equal as numbers, `9` and `9.0`; texts whatever their case.
    private func isEqual(_ present: String) -> Bool {
      if let one = Self.number(present), let other = Self.number(value) { return one == other }
      return present.lowercased() == value.lowercased()
    }

    private func ordered(_ present: String, _ compare: (Double, Double) -> Bool) -> Bool {
      guard let one = Self.number(present), let other = Self.number(value) else { return false }
      return compare(one, other)
    }

    /// The number that a text is; nil for other texts, as `nan` and `infinity` are.
    private static func number(_ text: String) -> Double? {
      Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
  }
}

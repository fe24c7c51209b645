package import Primitives

/// The fields that a visitor does not see because of what is filled in elsewhere (FRM-04).
enum FormVisibility {
  /// Returns the ids of the fields whose condition on their parent is not met, also through parents that are hidden
  /// themselves.
  static func hidden(in form: Form, _ values: [String: [String]]) -> Set<Int64> {
    let byID = Dictionary(form.fields.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var known: [Int64: Bool] = [:]
    // A form's fields have no circles (`ParentCheck`); the depth is bounded all the same.
    func isHidden(_ field: FormField, _ depth: Int) -> Bool {
      if let answer = known[field.id] { return answer }
      guard let parent = field.settings.parent.flatMap({ byID[$0] }), depth < byID.count else {
        return false
      }
      let answer =
        isHidden(parent, depth + 1)
        || !FormCondition(field.settings.conditions).isMet(by: values[parent.alias] ?? [])
      known[field.id] = answer
      return answer
    }
    return Set(form.fields.filter { isHidden($0, 0) }.map(\.id))
  }
}

/// The condition on the parent's value under which a field is shown: `{"expr":"in","any":0,"values":["a"]}`.
package struct FormCondition: Sendable, Equatable {
  /// Whether the listed values hide the field instead of showing it.
  package var isNegated: Bool
  /// Whether every value counts as listed.
  package var isAny: Bool
  /// The values.
  package var values: Set<String>

  package init(_ conditions: JSONValue) {
    isNegated = conditions["expr"]?.text == "notIn"
    isAny = BooleanWord.parse(conditions["any"]?.text ?? "") ?? false
    switch conditions["values"] {
    case .array(let items)?: values = Set(items.compactMap(\.text))
    case .object(let members)?: values = Set(members.values.compactMap(\.text))
    case let value?: values = Set([value.text].compactMap(\.self).filter { !$0.isEmpty })
    case nil: values = []
    }
  }

  func isMet(by given: [String]) -> Bool {
    let given = given.filter { !$0.isEmpty }
    let isListed = isAny ? !given.isEmpty : given.contains { values.contains($0) }
    return isNegated ? !isListed : isListed
  }
}

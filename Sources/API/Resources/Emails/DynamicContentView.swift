import Primitives

/// The member `dynamicContent` of e-mails: as it was sent, with its members in the order of the contract. Forms leave
/// out what is empty or null, and clients compare the answer with what they meant (API page, 8.12).
enum DynamicContentView {
  private typealias Members = [(name: String, value: JSONValue)]

  static func json(_ kept: Primitives.JSONValue) -> JSONValue {
    each(JSONValue(kept: kept)) { entry in
      whole(entry, [("tokenName", nil), ("content", nil), ("filters", [])]) { variants in
        each(variants) { variant in
          whole(variant, [("content", nil), ("filters", [])]) { conditions in
            each(conditions) { condition in
              whole(
                condition,
                [
                  ("glue", nil), ("field", nil), ("object", nil), ("type", nil), ("filter", nil),
                  ("display", nil), ("operator", nil),
                ]
              ) { $0 }
            }
          }
        }
      }
    }
  }

  private static func each(_ list: JSONValue, _ item: (JSONValue) -> JSONValue) -> JSONValue {
    guard case .array(let items) = list else { return list }
    return .array(items.map(item))
  }

  /// An object with all of the given members first, then its other ones.
  private static func whole(
    _ value: JSONValue, _ members: Members, filters: (JSONValue) -> JSONValue
  ) -> JSONValue {
    guard case .object(let given) = value else { return value }
    var object = JSONObject()
    for member in members {
      let value = given[member.name] ?? member.value
      object.append(member.name, member.name == "filters" ? filters(value) : value)
    }
    for member in given.members where !members.contains(where: { $0.name == member.key }) {
      object.append(member.key, member.value)
    }
    return .object(object)
  }
}

import Contacts
import Fields

/// The member `fields` of companies: groups of fields with their definitions, and `all` (API page, 8.1
/// and 8.7).
enum FieldsMember {
  static func json(_ id: Int64, _ values: FieldValues) -> JSONValue {
    var members = JSONObject()
    var all: JSONObject = ["id": .int(Int(id))]
    for group in FieldGroup.allCases {
      var fields = JSONObject()
      for (field, value) in values where field.group == group {
        fields.append(field.alias, self.field(field, value))
      }
      // PHP prints an empty map as an empty list.
      members.append(group.rawValue, fields.isEmpty ? [] : .object(fields))
    }
    for (field, value) in values { all.append(field.alias, json(value)) }
    members.append("all", .object(all))
    return .object(members)
  }

  private static func field(_ field: Field, _ value: FieldValue?) -> JSONValue {
    [
      "id": .string(String(field.id)), "label": .string(field.label),
      "alias": .string(field.alias), "type": .string(field.type.rawValue),
      "group": .string(field.group.rawValue), "object": .string(field.object.rawValue),
      "is_fixed": field.isFixed ? "1" : "0", "properties": JSONValue(kept: field.properties),
      "default_value": JSONValue(field.defaultValue), "value": json(value),
      "normalizedValue": json(value),
    ]
  }

  /// Numbers as numbers, booleans as 0 and 1, all else as text.
  private static func json(_ value: FieldValue?) -> JSONValue {
    switch value {
    case nil: .null
    case .number(let number)?:
      Int(exactly: number).map(JSONValue.int) ?? .double(number)
    case .boolean(let bool)?: .int(bool ? 1 : 0)
    case let value?: .string(value.text)
    }
  }
}

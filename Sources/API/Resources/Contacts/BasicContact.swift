import Contacts

extension JSONValue {
  /// A contact in the form "basic" (API page, 4).
  init(basic contact: Contact) {
    var object: JSONObject = [
      "id": .int(Int(contact.id)), "points": .int(contact.points),
      "color": JSONValue(contact.color),
    ]
    for alias in [
      "title", "firstname", "lastname", "company", "position", "email", "phone", "mobile",
      "address1", "address2", "city", "state", "zipcode", "timezone", "country",
    ] {
      object.append(alias, JSONValue(contact.fields[alias]?.text))
    }
    self = .object(object)
  }
}

import Contacts

/// Answers that hold a whole contact.
enum ContactAnswer {
  static func whole(_ contact: Contact, recordFound: Bool? = nil) -> APIResponse {
    var json = JSONWriter(capacity: 16_384)
    json.beginObject()
    if let recordFound {
      json.key("recordFound")
      json.value(recordFound)
    }
    json.key("contact")
    ContactWriter.whole(contact.fields.fields).write(contact, to: &json)
    json.endObject()
    return APIResponse(jsonBytes: json.bytes)
  }
}

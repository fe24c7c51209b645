import Contacts
import Foundation

extension JSONObject {
  /// An entity that begins with the publish block (API page, section 4).
  init(isPublished: Bool, _ dates: RecordDates) {
    self = [
      "isPublished": .bool(isPublished), "dateAdded": JSONValue(dates.added),
      "dateModified": JSONValue(dates.modified), "createdBy": JSONValue(dates.createdBy),
      "createdByUser": JSONValue(dates.createdByUser), "modifiedBy": JSONValue(dates.modifiedBy),
      "modifiedByUser": JSONValue(dates.modifiedByUser),
    ]
  }

  /// The object with further members at its end.
  func with(_ members: JSONObject) -> JSONObject {
    var object = self
    for member in members.members { object.append(member.key, member.value) }
    return object
  }
}

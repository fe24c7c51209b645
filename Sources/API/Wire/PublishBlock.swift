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
}

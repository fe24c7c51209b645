import Contacts
import Foundation
import Users

extension APIRequest {
  /// The author of a change of contacts, and the contacts that he may change.
  ///
  /// - Parameter action: What is done with them.
  func contactOrigin(_ action: PermissionAction = .edit, at now: Date) throws -> ContactOrigin {
    var origin = ContactOrigin(try requiredUser.author, source: "api", now: now)
    origin.changeable = rights.access(.contacts, action)
    return origin
  }

  /// The owner of a new contact or company that names none: the user, where he may see and change no others.
  ///
  /// - Throws: `APIError` 401 without a login.
  var ownerOfNew: Int64? {
    get throws(APIError) {
      let user = try requiredUser
      let isLimited = [.view, .edit].allSatisfy { rights.access(.contacts, $0) < .all }
      return isLimited ? user.userID : nil
    }
  }
}

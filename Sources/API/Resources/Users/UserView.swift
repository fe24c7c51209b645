import Users

extension JSONObject {
  /// The publish block (API page, section 4) of a user or a role.
  init(isPublished: Bool, _ dates: UserDates) {
    self = [
      "isPublished": .bool(isPublished), "dateAdded": JSONValue(dates.added),
      "dateModified": JSONValue(dates.modified), "createdBy": JSONValue(dates.createdBy.id),
      "createdByUser": JSONValue(dates.createdBy.name),
      "modifiedBy": JSONValue(dates.modifiedBy.id),
      "modifiedByUser": JSONValue(dates.modifiedBy.name),
    ]
  }
}

extension JSONValue {
  /// A user (API page, section 9).
  init(_ user: User) {
    self = .object(
      JSONObject(isPublished: user.isPublished, user.dates).with([
        "id": .int(Int(user.id)), "username": .string(user.username),
        "firstName": .string(user.firstName), "lastName": .string(user.lastName),
        "email": JSONValue(user.email), "position": JSONValue(user.position),
        "role": .object(JSONObject(roleOf: user.role)), "timezone": JSONValue(user.timeZone),
        "locale": JSONValue(user.locale), "lastLogin": JSONValue(user.lastLogin),
        "lastActive": JSONValue(user.lastActive), "signature": JSONValue(user.signature),
        "twoFactor": .bool(user.hasSecondFactor),
      ]))
  }

  /// A client of OAuth that acts for itself, in the shape of a user, which it is not.
  init(client: Principal) {
    var object: JSONObject = [
      "id": .null, "username": .string(client.username), "firstName": .string(client.username),
      "lastName": "", "email": .null, "position": .null,
    ]
    object.append(
      "role", client.clientRole.map { .object(JSONObject(roleOf: $0)) } ?? .null)
    for name in ["timezone", "locale", "lastLogin", "lastActive", "signature"] {
      object.append(name, .null)
    }
    object.append("twoFactor", false)
    self = .object(object)
  }

  /// A role (API page, section 9).
  init(_ role: Role) {
    self = .object(
      JSONObject(isPublished: role.isPublished, role.dates).with(JSONObject(roleOf: role)).with([
        "requiresTwoFactor": .bool(role.requiresTwoFactor)
      ]))
  }
}

extension JSONObject {
  /// The members of a role without the publish block. PHP writes an empty object as a list.
  fileprivate init(roleOf role: Role) {
    let grants = role.permissions.grants.sorted { $0.key < $1.key }.map { area, levels in
      (area, JSONValue.array(levels.map { .string($0) }))
    }
    self = [
      "id": .int(Int(role.id)), "name": .string(role.name),
      "description": JSONValue(role.description),
      "isAdmin": .bool(role.permissions.isAdministrator),
      "rawPermissions": grants.isEmpty ? [] : .object(JSONObject(grants)),
    ]
  }
}

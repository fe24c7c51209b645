import Hummingbird

/// `/api/users/self`: the current user, without an envelope. Connection tests of clients call it.
enum UserRoutes {
  static var routes: [Route] {
    [
      Route(.get, "/api/users/self") { request in
        let user = try request.requiredUser
        return APIResponse(json: [
          "isPublished": true, "dateAdded": JSONValue(user.dateAdded),
          "dateModified": JSONValue(user.dateModified), "createdBy": nil, "createdByUser": nil,
          "modifiedBy": nil, "modifiedByUser": nil, "id": .int(Int(user.id)),
          "username": .string(user.username), "firstName": .string(user.firstName),
          "lastName": .string(user.lastName), "email": .string(user.email), "position": nil,
          "role": [
            "id": .int(user.isAdministrator ? 1 : 2),
            "name": user.isAdministrator ? "Administrator" : "User", "description": nil,
            "isAdmin": .bool(user.isAdministrator), "rawPermissions": [],
          ],
          "timezone": nil, "locale": nil, "lastLogin": nil, "lastActive": nil, "signature": nil,
        ])
      }
    ]
  }
}

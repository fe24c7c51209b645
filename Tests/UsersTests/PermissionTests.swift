import Testing
import Users

@Suite struct PermissionTests {
  @Test func readsWhatTheCatalogueKnows() throws {
    let permission = try Permission("lead:leads:viewown")
    #expect(permission.area == .contacts)
    #expect(permission.level == .viewown)
    #expect("\(permission)" == "lead:leads:viewown")
    for area in PermissionArea.all {
      for level in area.levels {
        #expect("\(try Permission("\(area):\(level)"))" == "\(area):\(level)")
      }
    }
  }

  @Test(arguments: [
    ("lead:leads", PermissionError.malformed("lead:leads")), ("", .malformed("")),
    ("a:b:c:d", .malformed("a:b:c:d")), ("lead:none:view", .unknownArea("lead:none")),
    ("lead:leads:view", .unknownLevel("view", .contacts)),
    ("point:points:viewown", .unknownLevel("viewown", .points)),
    ("lead:leads:viewOwn", .unknownLevel("viewOwn", .contacts)),
  ])
  func namesWhatIsWrong(text: String, error: PermissionError) {
    #expect(throws: error) { try Permission(text) }
  }

  @Test func fullAndOthersIncludeTheRest() throws {
    func allows(_ grants: [String: [String]], _ permission: String) throws -> Bool {
      PermissionSet(grants: grants).allows(try Permission(permission))
    }
    #expect(try allows(["lead:leads": ["full"]], "lead:leads:deleteother"))
    #expect(try allows(["lead:leads": ["viewother"]], "lead:leads:viewown"))
    #expect(try !allows(["lead:leads": ["viewown"]], "lead:leads:viewother"))
    #expect(try !allows(["lead:leads": ["full"]], "lead:lists:viewown"))
    #expect(try !allows(["lead:leads": ["editother"]], "lead:leads:viewown"))
    #expect(try !allows([:], "point:points:view"))
    #expect(PermissionSet.administrator.allows(try Permission("user:roles:delete")))
  }

  @Test func accessIsNoneOwnOrAll() {
    let own = PermissionSet(grants: [
      "lead:leads": ["viewown", "editother"], "point:points": ["view"],
    ])
    #expect(own.access(.contacts, .view) == .own)
    #expect(own.access(.contacts, .edit) == .all)
    #expect(own.access(.contacts, .delete) == .none)
    #expect(own.access(.points, .view) == .all)
    #expect(own.access(.points, .edit) == .none)
    // Levels that an area does not know permit nothing, wherever they come from.
    let strange = PermissionSet(grants: ["lead:leads": ["view"], "point:points": ["viewown"]])
    #expect(strange.access(.contacts, .view) == .none)
    #expect(strange.access(.points, .view) == .none)
    for area in PermissionArea.all {
      for action in PermissionAction.allCases {
        #expect(PermissionSet.administrator.access(area, action) == .all)
        #expect(PermissionSet().access(area, action) == .none)
      }
    }
  }

  @Test func coversWhatItHas() {
    let editor = PermissionSet(grants: ["lead:leads": ["full"], "email:emails": ["viewother"]])
    #expect(editor.covers(PermissionSet()))
    #expect(editor.covers(editor))
    #expect(editor.covers(PermissionSet(grants: ["lead:leads": ["viewown", "create"]])))
    #expect(editor.covers(PermissionSet(grants: ["email:emails": ["viewown"]])))
    #expect(!editor.covers(PermissionSet(grants: ["email:emails": ["full"]])))
    #expect(!editor.covers(PermissionSet(grants: ["user:users": ["create"]])))
    #expect(!editor.covers(.administrator))
    #expect(PermissionSet.administrator.covers(.administrator))
  }
}

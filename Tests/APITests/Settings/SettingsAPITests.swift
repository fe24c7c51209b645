import Testing

@testable import API

@Suite struct SettingsAPITests {
  @Test func administratorsSeeEverySettingWithWhatItTakes() async throws {
    try await APIBed.with { (bed) async throws in
      let list = try await bed.call("GET", "/settings").json
      #expect(list["total"] == 6)
      let days = try #require(list["settings"]?.elements?.first { $0["name"] == "export_days" })
      guard case .object(let members) = days else { throw APIError.notFound }
      #expect(
        members.members.map(\.key) == [
          "name", "group", "type", "value", "default", "isChanged", "minimum", "maximum", "choices",
          "takes", "effect", "isReadAtStart", "command",
        ])
      #expect(days["type"] == "integer" && days["value"] == 7 && days["default"] == 7)
      #expect(days["minimum"] == 1 && days["maximum"] == 3650 && days["isReadAtStart"] == true)
      #expect(days["command"] == "martlet settings set export_days VALUE")
      let signals = try await bed.call("GET", "/settings/privacy_signals").json["setting"]
      #expect(signals?["choices"] == ["ignore", "anonymous", "drop"])
      #expect(try await bed.call("GET", "/settings/nonsense").status == 404)
      #expect(try await bed.call("PATCH", "/settings/nonsense/edit", #"{"value":1}"#).status == 404)
    }
  }

  @Test func aSettingIsSetAndGoesBackToItsDefault() async throws {
    try await APIBed.with { (bed) async throws in
      func set(_ name: String, _ value: String) async throws -> API.JSONValue? {
        let answer = try await bed.call("PATCH", "/settings/\(name)/edit", #"{"value":\#(value)}"#)
        #expect(answer.status == 200, "\(name): \(value)")
        return answer.json["setting"]?["value"]
      }
      #expect(try await set("cookie_secure", "false") == false)
      #expect(try await set("cookie_secure", #""1""#) == true)
      #expect(try await set("export_days", "30") == 30)
      #expect(try await set("export_days", #"" 31 ""#) == 31)
      #expect(
        try await set("cors_valid_domains", #"["https://a.test"," https://b.test"]"#)
          == "https://a.test,https://b.test")
      #expect(
        try await set("cors_valid_domains", #""https://a.test\r\n\r\nhttps://b.test,c""#)
          == "https://a.test,https://b.test,c")
      #expect(try await set("cors_valid_domains", "[]") == "")
      #expect(try await set("unsubscribe_text", #""one\r\ntwo""#) == "one\ntwo")

      let changed = try await bed.call("GET", "/settings/export_days").json["setting"]
      #expect(changed?["isChanged"] == true && changed?["default"] == 7)
      let back = try await bed.call("POST", "/settings/export_days/reset").json["setting"]
      #expect(back?["isChanged"] == false && back?["value"] == 7)
    }
  }

  @Test func wrongValuesAreRefusedByTheMember() async throws {
    try await APIBed.with { (bed) async throws in
      for (name, body) in [
        ("export_days", #"{"value":0}"#), ("export_days", #"{"value":"many"}"#),
        ("export_days", "{}"), ("export_days", #"{"value":null}"#),
        ("cookie_secure", #"{"value":"perhaps"}"#), ("mailer_from_name", #"{"value":{"a":1}}"#),
        ("cors_valid_domains", #"{"value":[["a"]]}"#),
      ] {
        let answer = try await bed.call("PATCH", "/settings/\(name)/edit", body)
        #expect(answer.status == 400, "\(name): \(body)")
        #expect(answer.json["errors"]?.elements?.first?["details"]?["value"] != nil)
      }
      #expect(try await bed.call("GET", "/settings/export_days").json["setting"]?["value"] == 7)
    }
  }

  @Test func othersMayNeitherSeeNorSetThem() async throws {
    try await APIBed.with { (bed) async throws in
      for (method, path) in [
        ("GET", "/settings"), ("GET", "/settings/export_days"),
        ("PATCH", "/settings/export_days/edit"), ("POST", "/settings/export_days/reset"),
      ] {
        let body = method == "PATCH" ? #"{"value":9}"# : nil
        #expect(try await bed.call(as: "kim", method, path, body).status == 403)
      }
    }
  }
}

import Foundation
import Postgres
import Primitives
import Testing

@testable import API

@Suite("Records related to contacts, api.md 8.1 and 8.2")
struct ContactMembersTests {
  /// contacts.md 13, 9; quirk 10.
  @Test("Tags add, minus removes, an array is as good as a list (CON-40 to CON-43, CON-45)")
  func tags() async throws {
    try await APIBed.with { bed in
      let id = try await bed.contact(#"{"tags":"a,,-b, a"}"#)
      func tags(_ body: String) async throws -> [String] {
        let answer = try await bed.call("PATCH", "/contacts/\(id)/edit", body)
        return answer.contact["tags"]?.elements?.compactMap { $0["tag"]?.text } ?? []
      }
      #expect(try await tags("{}") == ["a"])
      #expect(try await tags(#"{"tags":["R&R"," b "]}"#) == ["R&R", "a", "b"])
      #expect(try await tags(#"{"tags":["r&r","A"]}"#) == ["R&R", "a", "b"])
      #expect(try await tags(#"{"tags":"-a,-unknown"}"#) == ["R&R", "b"])
      #expect(try await tags(#"{"tags":["c","-c","-b"]}"#) == ["R&R"])
      #expect(try await tags(#"{"tags":[]}"#) == ["R&R"])
      #expect(try await tags(#"{"tags":null}"#) == ["R&R"])
      #expect(try await tags(#"{"tags":["<b>x</b>"]}"#) == ["R&R", "x"])
      #expect(try await bed.texts("SELECT tag FROM tags ORDER BY tag") == ["R&R", "a", "b", "x"])
      let marks = try await bed.texts(
        "SELECT array_to_string(topics, ' ') FROM contact_changes ORDER BY id DESC LIMIT 1")
      #expect(marks == ["field:date_modified tags"])
    }
  }

  @Test("CON-14, STG-11, STG-13: owner and stage are set, kept and cleared")
  func ownerAndStage() async throws {
    try await APIBed.with { bed in
      try await bed.pool.query(
        "INSERT INTO stages (name, weight, date_added) VALUES ('Lead', 1, now()), ('Client', 2, now())"
      )
      let id = try await bed.contact(#"{"firstname":"A","owner":"2","stage":2}"#)
      #expect(try await bed.read(id)["owner"]?["username"] == "kim")
      #expect(try await bed.read(id)["stage"]?["name"] == "Client")
      func edit(_ body: String) async throws -> API.JSONValue {
        try await bed.call("PATCH", "/contacts/\(id)/edit", body).contact
      }
      #expect(
        try await edit(#"{"stage":{"id":2,"name":"Client"},"owner":{"id":2}}"#)["dateModified"]
          == .null)
      #expect(try await edit(#"{"stage":"lead"}"#)["stage"]?["id"] == 1)
      let cleared = try await edit(#"{"stage":null,"owner":""}"#)
      #expect(cleared["stage"] == .null)
      #expect(cleared["owner"] == .null)
      #expect(
        try await bed.texts("SELECT event_name || ', ' || action_name FROM stage_log ORDER BY id")
          == ["2: Client, Stage changed", "1: Lead, Stage changed", "1: Lead, Removed from stage"])
      #expect(
        try await bed.text(
          "SELECT details::text FROM audit_log WHERE action = 'update' ORDER BY id DESC")
          == #"{"owner": [2, null], "stage": [1, null]}"#)
    }
  }

  /// contacts.md 13, 3.
  @Test(
    "CON-13, PTS-02, PTS-03: points change by operations that add up, each with a line in the log")
  func points() async throws {
    try await APIBed.with { bed in
      let id = try await bed.contact(#"{"firstname":"A","points":10}"#)
      func change(_ path: String, _ body: String? = nil) async throws -> Int {
        let answer = try await bed.call("POST", "/contacts/\(id)/points/\(path)", body)
        #expect(answer.status == 200 && answer.text == #"{"success":1}"#, "\(answer.text)")
        return try await bed.read(id)["points"]?.integer ?? -1
      }
      #expect(try await change("plus/5", #"{"eventName":"Quiz","actionname":"Won"}"#) == 15)
      #expect(try await change("minus/20") == -5)
      #expect(try await change("times/3") == -15)
      #expect(try await change("divide/2") == -7)
      #expect(try await change("plus/0") == -7)
      #expect(try await change("minus/-8") == 1)
      #expect(try await change("plus/2000000000") == 2_000_000_000)
      #expect(
        try await bed.texts("SELECT delta::text FROM points_log ORDER BY id")
          == ["10", "5", "-20", "-10", "8", "8", "1999999999"])
      #expect(
        try await bed.text(
          "SELECT type || ' ' || event_name || ' ' || action_name FROM points_log WHERE delta = 5")
          == "api Quiz Won")
      for path in [
        "power/2", "plus/x", "plus/1.5", "divide/0", "plus/9999999999", "plus/\(Int.max)",
        "plus/\(Int.min)", "minus/\(Int.min)",
      ] {
        #expect(
          try await bed.call("POST", "/contacts/\(id)/points/\(path)").status == 400, "\(path)")
      }
      #expect(try await bed.call("POST", "/contacts/99/points/plus/1").status == 404)

      let other = try await bed.contact(#"{"firstname":"B"}"#)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 1...20 {
          group.addTask {
            _ = try await bed.call("POST", "/contacts/\(other)/points/plus/5")
          }
        }
        try await group.waitForAll()
      }
      #expect(try await bed.read(other)["points"] == 100)
      #expect(
        try await bed.text(
          "SELECT count(*)::text FROM points_log WHERE contact_id = \(Int64(other))") == "20")
    }
  }

  /// contacts.md 13, 5; the old form of paths (section 3).
  @Test("CON-50 to CON-53: do not contact by its own paths")
  func doNotContact() async throws {
    try await APIBed.with { bed in
      let id = try await bed.contact(#"{"firstname":"A"}"#)
      func entries(_ response: RawResponse) -> [String] {
        response.contact["doNotContact"]?.elements?.map {
          "\($0["channel"]?.text ?? "") \($0["reason"]?.text ?? "") \($0["comments"]?.text ?? "")"
        } ?? []
      }
      let added = try await bed.call("POST", "/contacts/\(id)/dnc/email/add")
      #expect(added.status == 200)
      #expect(entries(added) == ["email 3 "])
      let marks = try await bed.texts("SELECT topics::text FROM contact_changes ORDER BY id")
      #expect(marks == ["{created}", "{dnc}", "{field:date_modified}"])
      let other = try await bed.call(
        "POST", "/contacts/\(id)/dnc/email/add", #"{"reason":1,"comments":"asked","channelId":7}"#)
      #expect(entries(other) == ["email 1 asked"])
      #expect(other.contact["doNotContact"]?.elements?.first?["channelId"] == 7)
      // An unsubscribed contact stays unsubscribed.
      #expect(
        entries(try await bed.call("POST", "/contacts/\(id)/dnc/email/add", #"{"reason":2}"#))
          == ["email 1 asked"])
      for reason in ["0", "4", #""x""#] {
        let refused = try await bed.call(
          "POST", "/contacts/\(id)/dnc/email/add", #"{"reason":\#(reason)}"#)
        #expect(refused.status == 400)
      }
      #expect(
        entries(try await bed.call("POST", "/contacts/\(id)/dnc/add/sms"))
          == ["email 1 asked", "sms 3 "])
      let removed = try await bed.call("POST", "/contacts/\(id)/dnc/email/remove")
      #expect(removed.text.hasPrefix(#"{"recordFound":true,"contact":{"#))
      #expect(entries(removed) == ["sms 3 "])
      let again = try await bed.call("POST", "/contacts/\(id)/dnc/remove/email")
      #expect(again.text.hasPrefix(#"{"recordFound":false,"contact":{"#))
      #expect(try await bed.call("POST", "/contacts/99/dnc/email/add").status == 404)
      #expect(try await bed.call("POST", "/contacts/99/dnc/email/remove").status == 404)
      // In a body, reason 0 removes.
      let body = #"{"doNotContact":[{"channel":"sms","reason":0},{"comments":"by hand"}]}"#
      #expect(
        entries(try await bed.call("PATCH", "/contacts/\(id)/edit", body)) == ["email 3 by hand"])
    }
  }

  /// Rule 5.
  @Test("CON-31 to CON-34: the text names the primary company; companies is the full set")
  func companies() async throws {
    try await APIBed.with { bed in
      let id = try await bed.contact(#"{"company":" Acme ","city":"Rome"}"#)
      let contact = try await bed.read(id)
      #expect(contact.field("company") == "Acme")
      #expect(contact["dateIdentified"] != .null)
      func links() async throws -> [String] {
        try await bed.texts(
          """
          SELECT companyname || CASE WHEN is_primary THEN '*' ELSE '' END
          FROM contact_companies JOIN companies ON companies.id = company_id
          WHERE contact_id = \(Int64(id)) ORDER BY companyname
          """)
      }
      func edit(_ body: String) async throws -> API.JSONValue? {
        try await bed.call("PATCH", "/contacts/\(id)/edit", body).contact.field("company")
      }
      #expect(try await links() == ["Acme*"])
      #expect(try await bed.text("SELECT companycity FROM companies") == "Rome")
      #expect(try await edit(#"{"company":"ACME"}"#) == "Acme")
      #expect(try await edit(#"{"company":"Birds"}"#) == "Birds")
      #expect(try await links() == ["Acme", "Birds*"])
      #expect(try await edit(#"{"company":""}"#) == "Birds")
      #expect(try await edit(#"{"company":"","overwriteWithBlank":true}"#) == "Acme")
      #expect(try await edit(#"{"companies":[2]}"#) == "Birds")
      #expect(try await links() == ["Birds*"])
      #expect(try await edit(#"{"companies":[]}"#) == .null)
      #expect(try await edit(#"{"companies":"1,2"}"#) == "Acme")
      #expect(
        try await bed.text(
          "SELECT details #>> '{fields,company}' FROM audit_log ORDER BY id DESC LIMIT 1")
          == #"[null, "Acme"]"#)
    }
  }

  /// Rule 7.
  @Test("An address is added once, and locates a contact without a place")
  func address() async throws {
    try await APIBed.with { bed in
      try await bed.pool.query(
        """
        INSERT INTO ip_addresses (address, details, date_added) VALUES ('203.0.113.9',
          '{"city": "Graz", "region": "Styria", "country": "Austria", "zipcode": "8010"}', now())
        """)
      let id = try await bed.contact(#"{"firstname":"A","ipAddress":"203.0.113.9"}"#)
      let contact = try await bed.read(id)
      #expect(contact.field("city") == "Graz" && contact.field("state") == "Styria")
      #expect(contact.field("country") == "Austria" && contact.field("zipcode") == "8010")
      #expect(contact["ipAddresses"]?["203.0.113.9"]?["ipDetails"]?["city"] == "Graz")
      let other = try await bed.contact(#"{"city":"Rome","ipAddress":"203.0.113.9"}"#)
      #expect(try await bed.read(other).field("country") == .null)
      let again = try await bed.call(
        "PATCH", "/contacts/\(id)/edit", #"{"ipAddress":"203.0.113.9"}"#)
      #expect(again.contact["dateModified"] == .null)
      let v6 = try await bed.call("PATCH", "/contacts/\(id)/edit", #"{"ipAddress":"2001:DB8::1"}"#)
      #expect(v6.contact["ipAddresses"]?.asObject?.keys == ["203.0.113.9", "2001:db8::1"])
      #expect(
        try await bed.texts("SELECT object_id::text FROM audit_log WHERE action = 'ipadded'")
          == ["1", "2", "1"])
    }
  }

  @Test("The users who may own contacts, without an envelope")
  func owners() async throws {
    try await APIBed.with { bed in
      let all = try await bed.call("GET", "/contacts/list/owners")
      #expect(
        all.text
          == #"[{"id":2,"firstName":"","lastName":""},{"id":1,"firstName":"Ada","lastName":"Admin"}]"#
      )
      #expect(
        try await bed.call("GET", "/contacts/list/owners?filter=a%20ADM").json.elements?.count == 1)
      #expect(try await bed.call("GET", "/contacts/list/owners?filter=%25").text == "[]")
      #expect(
        try await bed.call("GET", "/contacts/list/owners?start=1&limit=1").json.elements?.count == 1
      )
    }
  }

  @Test("What a form needs to know: the fields, and the values of closed lists")
  func form() async throws {
    try await APIBed.with { bed in
      let fields = try await bed.call("GET", "/contacts/list/form").json["fields"]?.elements ?? []
      let email = try #require(fields.first { $0["alias"]?.text == "email" })
      #expect(email["isUniqueIdentifier"]?.truth == true)
      #expect(email["isShortVisible"]?.truth == true)
      let company = try await bed.call("GET", "/contacts/list/form?object=company").json
      #expect(company["fields"]?.elements?.first?["alias"]?.text == "companyname")
      #expect(try await bed.call("GET", "/contacts/list/form?object=person").status == 400)
      let choices = try await bed.call("GET", "/contacts/list/choices").json
      #expect(choices["country"]?.elements?.contains("Germany") == true)
      #expect(choices["timezone"]?.elements?.contains("Europe/Berlin") == true)
      #expect(choices["locale"]?.elements?.contains("pt_BR") == true)
    }
  }

  /// API page, 8.2 and 3.
  @Test("UTM sets are appended, with their device")
  func utm() async throws {
    try await APIBed.with { bed in
      let id = try await bed.contact(#"{"firstname":"A"}"#)
      let agent =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
      let added = try await bed.call(
        "POST", "/contacts/\(id)/utm/add",
        #"""
        {"utm_campaign":"spring","utm_source":"news","useragent":"\#(agent)","url":"/a","referer":"https://x.test",
         "query":{"cid":"abc"},"remotehost":"host","lastActive":"2024-05-01 10:00:00"}
        """#)
      #expect(added.status == 200)
      let tag = added.contact["utmtags"]?.elements?.first
      #expect(tag?["utmCampaign"] == "spring")
      #expect(tag?["utmSource"] == "news")
      #expect(tag?["utmTerm"] == .null)
      #expect(tag?["query"] == ["cid": "abc"])
      #expect(tag?["remoteHost"] == "host")
      #expect(added.contact["lastActive"] == "2024-05-01T10:00:00+00:00")
      #expect(try await bed.texts("SELECT device FROM devices") == ["smartphone"])
      let second = try await bed.call(
        "POST", "/contacts/\(id)/utm/add", #"{"utm_term":"x","query":"?a=1&b[]=2"}"#)
      #expect(second.contact["utmtags"]?.elements?.map { $0["utmTerm"] } == [.null, "x"])
      #expect(second.contact["utmtags"]?.elements?.last?["query"]?["a"] == "1")
      // An object as it was sent: clients compare it, the order of its members included.
      let third = try await bed.call(
        "POST", "/contacts/\(id)/utm/add",
        #"{"utm_term":"y","query":{"foo":"bar","coy":{"z":1,"a":[]}}}"#)
      #expect(third.text.contains(#""query":{"foo":"bar","coy":{"z":1,"a":[]}}"#))
      let nul = try await bed.call(
        "POST", "/contacts/\(id)/utm/add", #"{"utm_term":"y","query":{"a":"\u0000"}}"#)
      #expect(nul.status == 400)
      #expect(try await bed.call("POST", "/contacts/\(id)/utm/add", "{}").status == 400)
      #expect(try await bed.call("POST", "/contacts/99/utm/add", #"{"url":"x"}"#).status == 404)
      let removed = try await bed.call("POST", "/contacts/\(id)/utm/1/remove")
      #expect(removed.text.hasPrefix(#"{"recordFound":true,"contact":{"#))
      #expect(removed.contact["utmtags"]?.elements?.count == 2)
      #expect(try await bed.call("POST", "/contacts/\(id)/utm/remove/1").status == 400)
      #expect(try await bed.call("POST", "/contacts/\(id)/utm/remove/2").status == 200)
      #expect(try await bed.call("POST", "/contacts/99/utm/2/remove").status == 404)
      #expect(
        try await bed.texts("SELECT array_to_string(topics, ' ') FROM contact_changes ORDER BY id")
          .contains(
            "field:date_modified field:last_active utm"))
    }
  }

  /// API page, 8.11.
  @Test("STG-11, STG-13: stages take contacts in and let them go")
  func stages() async throws {
    try await APIBed.with { bed in
      try await bed.pool.query(
        "INSERT INTO stages (name, weight, date_added) VALUES ('Lead', 1, now()), ('Client', 2, now())"
      )
      let id = try await bed.contact(#"{"firstname":"A"}"#)
      for path in ["1/contact/\(id)/add", "1/contact/\(id)/add", "2/contact/\(id)/remove"] {
        #expect(try await bed.call("POST", "/stages/\(path)").text == #"{"success":1}"#)
        #expect(try await bed.read(id)["stage"]?["name"] == "Lead")
      }
      #expect(try await bed.call("POST", "/stages/1/contact/remove/\(id)").status == 200)
      #expect(try await bed.read(id)["stage"] == .null)
      #expect(try await bed.texts("SELECT event_name FROM stage_log") == ["1: Lead", "1: Lead"])
      for path in ["9/contact/\(id)/add", "1/contact/99/add", "1/contact/99/remove"] {
        #expect(try await bed.call("POST", "/stages/\(path)").status == 404)
      }
    }
  }

  /// API page, 8.2.
  @Test("The companies of a contact are raw rows, the primary one first")
  func companyRows() async throws {
    try await APIBed.with { bed in
      let id = try await bed.contact(#"{"company":"Acme"}"#)
      _ = try await bed.call("PATCH", "/contacts/\(id)/edit", #"{"company":"Birds"}"#)
      let rows = try await bed.call("GET", "/contacts/\(id)/companies").json
      #expect(rows["total"] == 2)
      let first = rows["companies"]?.elements?.first
      #expect(first?["id"] == "2" && first?["companyname"] == "Birds" && first?["score"] == "0")
      #expect(first?["is_primary"] == "1" && first?["companyemail"] == .null)
      #expect(rows["companies"]?.elements?.last?["is_primary"] == "0")
      let none = try await bed.contact(#"{"firstname":"B"}"#)
      #expect(
        try await bed.call("GET", "/contacts/\(none)/companies").text
          == #"{"total":0,"companies":[]}"#)
      #expect(try await bed.call("GET", "/contacts/99/companies").status == 404)
    }
  }
}

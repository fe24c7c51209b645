import API
import Testing

@testable import Console

@Suite("The fields of forms, as their pages and as the API have them") struct FormFieldTests {
  @Test(
    "The values of a list are lines, and come back as they were",
    arguments: [("select", "list"), ("radiogrp", "optionlist"), ("checkboxgrp", "optionlist")])
  func options(type: String, member: String) {
    let sent = FormFieldBody.body(
      of: ["label": "Size", "options": "Small\r\n l|Large \n\n"], .named(type), nil)
    #expect(sent["id"] == "new1" && sent["type"] == .string(type))
    #expect(
      sent["properties"]?[member]?["list"] == [
        ["label": "Small", "value": "Small"], ["label": "Large", "value": "l"],
      ])
    #expect(sent["options"] == nil)
    let shown = FormFieldBody.values(of: .object(sent))
    #expect(shown["options"] == "Small\nl|Large")
  }

  @Test("A list of texts is shown, and properties without a list are none")
  func otherLists() {
    #expect(
      FormFieldBody.values(of: ["properties": ["list": ["a", "b"]]])["options"] == "a\nb")
    #expect(
      FormFieldBody.values(of: ["properties": ["multiple": "1"]])["options"] == "")
  }

  @Test("A contact field is chosen with its record, or none")
  func mapping() {
    let mapped = FormFieldBody.body(of: ["mapping": "company:companycity"], .named("text"), nil)
    #expect(mapped["mappedObject"] == "company" && mapped["mappedField"] == "companycity")
    let none = FormFieldBody.body(of: ["mapping": ""], .named("text"), ["id": 7])
    #expect(none["mappedObject"] == .null && none["mappedField"] == .null && none["id"] == 7)
    #expect(
      FormFieldBody.values(of: ["mappedField": "email", "mappedObject": "contact"])["mapping"]
        == "contact:email")
  }

  @Test("Without a parent there is no condition")
  func conditions() {
    let body: JSONObject = [
      "parent": "3", "conditions": ["expr": "in", "any": "0"], "conditionValues": "a\nb c",
    ]
    let sent = FormFieldBody.body(of: body, .named("text"), nil)
    #expect(sent["parent"] == "3" && sent["conditions"]?["values"] == ["a", "b c"])
    var bare = body
    bare["parent"] = ""
    let free = FormFieldBody.body(of: bare, .named("text"), nil)
    #expect(free["parent"] == .null && free["conditions"] == [:])
  }

  @Test("What the page does not show of the properties stays")
  func propertiesStay() {
    let sent = FormFieldBody.body(
      of: ["properties": ["placeholder": "you"]], .named("text"),
      ["id": 7, "properties": ["ours": "kept", "placeholder": "me"]])
    #expect(sent["properties"]?["ours"] == "kept" && sent["properties"]?["placeholder"] == "you")
  }

  @Test("Problems are told beside the fields of the page")
  func problems() {
    let error = APIError.validation([
      ("fields[2].label", ["a value is required"]),
      ("fields[2].properties.allowed_file_size", ["too large"]),
      ("fields[2].mappedField", ["is not known"]),
    ])
    let problems = FormFieldBody.problems(error)
    #expect(problems["label"] == ["a value is required"])
    #expect(problems["properties[allowed_file_size]"] == ["too large"])
    #expect(problems["mapping"] == ["is not known"])
  }

  @Test("A new field comes before the button that sends, a copy behind its field")
  func places() {
    let form: JSONValue = [
      "fields": [["id": 1, "type": "email"], ["id": 2, "type": "button"]]
    ]
    let new: JSONObject = ["id": "new1", "type": "text"]
    let ids = { (fields: [JSONValue]) in fields.compactMap { $0["id"]?.text } }
    let placed = FormFieldPages.placed(new, in: form)
    #expect(ids(placed) == ["1", "new1", "2"])
    #expect(placed.compactMap { $0["order"]?.integer } == [1, 2, 3])
    #expect(ids(FormFieldPages.placed(new, in: form, behind: "2")) == ["1", "2", "new1"])
  }

  @Test("A copy of a form has fields of its own, with parents among them")
  func copies() {
    var members: JSONObject = [
      "cachedHtml": "x", "fields": [["id": 1], ["id": 2, "parent": 1]], "actions": [["id": 5]],
    ]
    FormCopy.prepare(&members)
    #expect(members["cachedHtml"] == nil)
    #expect(members["fields"] == [["id": "new1"], ["id": "new2", "parent": "new1"]])
    #expect(members["actions"] == [[:]])
  }
}

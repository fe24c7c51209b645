import Testing

@testable import API

@Suite("What is seen of a form (tracking.md 1, 12)") struct FormPageTests {
  /// A form in whose every text something is hidden that must not run.
  private static let payload = """
    {"name":"A <b>\\"form\\" & more","description":"<p>Hi</p><script>x1()</script>",
     "formAttributes":"class=\\"wide\\"","language":"de","fields":[
       {"label":"Your <i>e-mail</i><script>x2()</script>","alias":"email","type":"email",
        "isRequired":true,"helpMessage":"We keep it.","defaultValue":"\\"><script>x3()</script>",
        "validationMessage":"Please \\"fill\\" in <b>this</b>","inputAttributes":"data-a='<x>'"},
       {"label":"Colours","alias":"colours","type":"checkboxgrp","defaultValue":"b|c",
        "properties":{"optionlist":{"list":[{"label":"<A>","value":"\\"a"},{"label":"B","value":"b"}]}}},
       {"label":"Note","alias":"note","type":"freetext","properties":{"text":"<u>t</u><script>x4()</script>"}},
       {"label":"Next","alias":"next","type":"pagebreak"},
       {"label":"Trap","alias":"trap","type":"captcha"},
       {"label":"Country","alias":"country","type":"country"},
       {"label":"Campaign","alias":"campaign","type":"hidden","defaultValue":"x"},
       {"label":"Send","alias":"send","type":"button"}]}
    """

  @Test("The page holds the form; nothing of its texts or of the address runs")
  func page() async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.send("POST", "/api/forms/new", Self.payload)
      #expect(made.status == 201, "\(made.text)")
      let page = try await bed.server.request(
        "GET",
        "/form/1?campaign=%22%3E%3Cscript%3Ex5()%3C/script%3E&css=https://example.com/a.css,javascript:x6()",
        as: nil)
      #expect(page.status == 200 && page.text.contains(#"<html lang="de">"#))
      for name in ["x1()", "x2()", "x4()"] { #expect(!page.text.contains(name), "\(name)") }
      #expect(page.text.components(separatedBy: "<script").count == 3, "\(page.text)")
      #expect(page.text.contains("&quot;&gt;&lt;script&gt;x5()&lt;/script&gt;"))
      #expect(
        page.text.contains(#"href="https://example.com/a.css""#) && !page.text.contains("x6()"))
      let alias = try #require(made.json["form"]?["alias"]?.text)
      let name = alias.replacing("_", with: "")
      for part in [
        #"id="mauticform_\#(name)" method="post""#, #"data-mautic-form="\#(name)""#,
        #"action="https://mail.example.com/form/submit?formId=1""#, #"name="mauticform[email]""#,
        #"name="mauticform[colours][]" value="b""#, #"name="mauticform[formId]""#,
        #"name="mauticform[return]""#, #"for="mauticform_input_\#(name)_email""#,
        #"aria-required="true""#, #"class="wide""#, #"data-mautic-form-page="2""#,
        #"<legend id="mauticform_label_\#(name)_colours""#, "aria-describedby=",
        #"<option value="Germany">"#,
      ] { #expect(page.text.contains(part), "\(part)") }
      let policy = try #require(page.headers["content-security-policy"])
      #expect(policy.contains("script-src 'nonce-") && !policy.contains("'unsafe-inline' 'nonce"))
      let embedded = try await bed.server.request("GET", "/form/embed/1", as: nil)
      #expect(embedded.status == 200 && embedded.text.contains("mauticform_wrapper_\(name)"))
      #expect(embedded.text.contains("mauticFormHeight"))
      let copied = try #require(made.json["form"]?["cachedHtml"]?.text)
      #expect(copied.contains("mauticform_wrapper_\(name)"))
      for text in [page.text, embedded.text, copied] {
        #expect(text.components(separatedBy: "<style").count == 2)
        #expect(text.components(separatedBy: ":where(.martlet-form) {").count == 2)
      }
      let plain = try await bed.send("PATCH", "/api/forms/1/edit", #"{"renderStyle":false}"#)
      #expect(plain.json["form"]?["cachedHtml"]?.text?.contains("<style") == false)
    }
  }

  @Test("The script writes the form into a page; it is empty for a form that is not open")
  func generated() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", Self.payload)
      let script = try await bed.server.request("GET", "/form/generate.js?id=1", as: nil)
      #expect(script.headers["content-type"] == "text/javascript; charset=utf-8")
      #expect(script.text.contains("window.MauticDomain = \"https://mail.example.com\""))
      #expect(!script.text.contains("<"))
      let unknown = try await bed.server.request("GET", "/form/generate.js?id=9", as: nil)
      #expect(unknown.status == 200 && unknown.body.isEmpty)
      _ = try await bed.send("PATCH", "/api/forms/1/edit", #"{"isPublished":false}"#)
      let closed = try await bed.server.request("GET", "/form/generate.js?id=1", as: nil)
      #expect(closed.status == 200 && closed.body.isEmpty)
      #expect(try await bed.server.request("GET", "/form/1", as: nil).status == 404)
      #expect(try await bed.server.request("GET", "/form/embed/1", as: nil).status == 404)
      let client = try await bed.server.request("GET", "/media/js/mautic-form.js", as: nil)
      #expect(client.text.contains("window.MauticSDK"))
    }
  }
}

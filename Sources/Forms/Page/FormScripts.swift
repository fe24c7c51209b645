import Foundation

/// The scripts of forms.
package enum FormScripts {
  /// The client script of all forms, `mautic-form.js`.
  package static let client: [UInt8] = PackageResources.mautic_form_js

  /// Returns the script that writes a form into the page after the element that loads it, and then loads the client
  /// script once for the page.
  ///
  /// - Parameters:
  ///   - html: The form's markup.
  ///   - site: The address of this installation.
  package static func generate(_ html: String, site: String) throws -> String {
    let (markup, address) = (try literal(html), try literal(site))
    return """
      (function () {
        var here = document.currentScript;
        var html = \(markup);
        if (here) { here.insertAdjacentHTML('afterend', html); } else { document.write(html); }
        window.MauticDomain = \(address);
        window.MauticLang = window.MauticLang || {};
        window.MauticLang.submittingMessage = window.MauticLang.submittingMessage || 'Please wait…';
        if (window.MauticSDK) { window.MauticSDK.onLoad(); return; }
        if (window.MauticSDKLoaded) { return; }
        window.MauticSDKLoaded = true;
        var script = document.createElement('script');
        script.src = \(address) + '/media/js/mautic-form.js';
        script.onload = function () { window.MauticSDK.onLoad(); };
        document.head.appendChild(script);
      })();
      """
  }

  /// Returns a text as a literal of a script, inside of an element too.
  private static func literal(_ text: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(text), as: UTF8.self)
      .replacing("<", with: "\\u003c").replacing(">", with: "\\u003e")
      .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
  }
}

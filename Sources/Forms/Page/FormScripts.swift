import Foundation

/// The scripts of forms.
package enum FormScripts {
  /// The client script of all forms, `mautic-form.js`.
  package static let client: [UInt8] = PackageResources.mautic_form_js

  /// The script of a form in a frame, which tells the page around it how high it is: whenever that changes, and when it
  /// is asked. Only pages that have the client script listen.
  package static let frame = """
    (function () {
      var root = document.documentElement;
      function tell() {
        var height = Math.min(Math.ceil(root.getBoundingClientRect().height), 9999);
        window.parent.postMessage('mauticFormHeight:' + height, '*');
      }
      new ResizeObserver(tell).observe(root);
      window.addEventListener('message', function (event) {
        if (event.source === window.parent && event.data === 'mauticFormHeight') { tell(); }
      });
    })();
    """

  /// Returns the script that writes a form into the page after the element that loads it, and loads the client script
  /// and the look of forms once for the page.
  ///
  /// - Parameters:
  ///   - form: The form's markup.
  ///   - site: The address of this installation.
  package static func generate(_ form: FormMarkup, site: String) throws -> String {
    let (markup, address) = (try literal(form.html), try literal(site))
    let style = try literal(form.style.isEmpty ? "" : FormStyle.form)
    return """
      (function () {
        var here = document.currentScript;
        var html = \(markup);
        var style = \(style);
        if (style && !document.querySelector('style[\(FormStyle.mark)]')) {
          var sheet = document.createElement('style');
          sheet.setAttribute('\(FormStyle.mark)', '');
          sheet.textContent = style;
          document.head.appendChild(sheet);
        }
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

package dev.longrunning.rest;

import com.google.protobuf.BytesValue;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Lets {@code JsonFormat} print and parse an Any whose type this server does not know.
 *
 * <p>{@code JsonFormat} fails on such an Any, and most metadata types of most users are of that
 * kind. In JSON they are <code>{"@type": "…", "value": "base64 of the bytes"}</code>: exactly how
 * it prints an Any of a BytesValue. So, around {@code JsonFormat}, an unknown type is dressed as a
 * BytesValue: a suffix goes onto its URL before printing and off the text afterwards, and the other
 * way round for parsing.
 *
 * <p><b>Promise.</b> The suffix holds 128 random bits that never leave this object: no input and no
 * stored text can contain it.
 *
 * <p><b>Threads.</b> Any.
 */
final class OpaqueAnys {
  private static final int NONCE_BYTES = 16;

  private final AnyTree tree;
  private final OddMasks masks = new OddMasks();

  /** Only characters that no JSON writer escapes. */
  private final String suffix;

  OpaqueAnys(TypeRegistry types) {
    this.tree = new AnyTree(types);
    var nonce = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(nonce);
    this.suffix =
        "/~" + HexFormat.of().formatHex(nonce) + '/' + BytesValue.getDescriptor().getFullName();
  }

  /** The type that a URL names, if it is known. */
  Optional<Descriptor> type(String url) {
    return tree.typeOf(url);
  }

  /** The URL under which a parser takes an unknown type's bytes. */
  String dressed(String url) {
    return url + suffix;
  }

  /** Dresses each Any that is of no known type, or that {@code printable} refuses. */
  Message dressed(Message message, Predicate<Message> printable) {
    return tree.map(
        message,
        any -> isEmpty(any) || isPrintable(any, printable) ? any : dress(any),
        any -> isEmpty(any) ? any : dress(any));
  }

  private boolean isPrintable(Message any, Predicate<Message> printable) {
    var type = type(AnyTree.url(any));
    return type.isPresent() && !masks.isIn(type.get(), AnyTree.value(any)) && printable.test(any);
  }

  private static boolean isEmpty(Message any) {
    return AnyTree.url(any).isEmpty() && AnyTree.value(any).isEmpty();
  }

  private Message dress(Message any) {
    var bytes = BytesValue.of(AnyTree.value(any)).toByteString();
    return AnyTree.with(any, dressed(AnyTree.url(any)), bytes);
  }

  /** Takes the suffix off what was printed. */
  String undressed(String json) {
    return json.replace(suffix, "");
  }

  /** Gives each dressed Any that was parsed its own type and bytes. */
  Message undressed(Message message) {
    UnaryOperator<Message> change = any -> AnyTree.url(any).endsWith(suffix) ? undress(any) : any;
    return tree.map(message, change, change);
  }

  private Message undress(Message any) {
    String url = AnyTree.url(any);
    try {
      var bytes = BytesValue.parseFrom(AnyTree.value(any)).getValue();
      return AnyTree.with(any, url.substring(0, url.length() - suffix.length()), bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a BytesValue that was just serialized", e);
    }
  }
}

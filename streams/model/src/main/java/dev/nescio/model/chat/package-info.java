/**
 * Chat templates as Hugging Face tokenizers carry them: Jinja source, rendered by Jinjava with the settings and
 * additions of {@code apply_chat_template} in transformers.
 */
package dev.nescio.model.chat;

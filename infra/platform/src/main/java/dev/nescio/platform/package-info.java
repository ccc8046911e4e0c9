/** What tests run an app against: a broker and a registry in this process, or the real ones in containers. */
package dev.nescio.platform;
